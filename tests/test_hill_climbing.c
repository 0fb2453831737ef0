/* SPDX-License-Identifier: Apache-2.0 */
/* Hill climbing against the tables that the real code gave, its arithmetic against the C library's long double,
 * and what no table shows. The tables' README says what drives each series, and the seed of its draws. */
#define _XOPEN_SOURCE 700
#include "tests/support.h"

#include <dirent.h>
#include <float.h>
#include <math.h>

#include "model/policy/hill_climbing.h"
#include "sim/random.h"
#include "tests/hill_climbing_table.h"

#define CASES "tests/cases/hill-climbing/"

/* ---- Tables. ---- */

struct seen {
    size_t tables, rows, values, log;
};

static void replay_folder(const char *folder, struct seen *seen)
{
    DIR *directory = opendir(folder);

    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        struct hill_climbing_replay replay = {0};
        char path[512];
        if (strstr(entry->d_name, ".csv") == NULL) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (hill_climbing_replay(path, &replay) != TABLE_IS_REPLAYED) {
            print_error("%s: %s\n", path, replay.what);
            fail();
        }
        assert_true(replay.largest_error <= 1e-9);
        assert_int_equal(replay.values_of_other_bits, 0);
        seen->tables++;
        seen->rows += replay.row_count;
        seen->values += replay.values;
        seen->log += replay.log_count;
    }
    closedir(directory);
}

static void hill_climbing_decides_as_every_row_of_every_table_says(void **state)
{
    struct seen seen = {0, 0, 0, 0};

    (void)state;
    replay_folder(CASES "native", &seen);
    replay_folder(CASES "portable", &seen);
    replay_folder(CASES "legacy-2.0", &seen);
    print_message("%zu tables, %zu rows, %zu real values, %zu entries of logs\n", seen.tables, seen.rows,
                  seen.values, seen.log);
    assert_int_equal(seen.tables, 43);
    assert_int_equal(seen.rows, 18115);
    assert_int_equal(seen.log, 977);
}

static void the_generator_of_hill_climbing_draws_what_its_table_says(void **state)
{
    struct hill_climbing_generator generator;
    FILE *file = fopen(CASES "rng.csv", "r");
    char line[128];
    size_t draws = 0;

    (void)state;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned instance, process;
        int seed, index, drawn;
        assert_int_equal(sscanf(line, "%u,%u,%d,%d,%d", &instance, &process, &seed, &index, &drawn), 5);
        assert_int_equal(hill_climbing_seed(instance, process), seed);
        if (index == 0) {
            hill_climbing_generator_init(&generator, seed);
        }
        assert_int_equal(hill_climbing_generator_draw(&generator, 10, 201), drawn);
        draws++;
    }
    fclose(file);
    assert_int_equal(draws, 480);
}

/* A replay that draws by itself: also the draws that the second of a call overwrote are then the real ones. */
static void the_generator_of_hill_climbing_draws_every_interval_of_the_tables(void **state)
{
    static const struct {
        const char *name;
        int32_t seed;
    } series[] = {
        {"native/01-steady-flat", 459986},        {"native/02-linear-scaling", 65537},
        {"native/04-step-capacity", 131849},      {"native/05-noisy-flat-5pct", 96873},
        {"native/07-contention-peak-12", 589879}, {"native/09-cpu-high", 65636},
        {"native/10-low-completions-accumulate", 65736}, {"native/11-max-clamp", 65836},
        {"native/12-min-clamp-negative", 65837},  {"native/14-outside-change", 66036},
        {"native/15-fixed-100ms-noise", 66136},   {"native/17-min1-single-thread", 66336},
        {"native/19-sine-load", 66437},           {"native/20-warren-random-noise", 66438},
        {"native/22-gettickcount-quantised", 328584}, {"native/23-min-equals-max", 66441},
        {"portable/31-near-32767", 700001},       {"portable/33-changing-min-max", 700003},
        {"portable/34-nan-and-infinity", 700004}, {"portable/36-knobs-wave", 700006},
        {"portable/38-gain-exponent-0", 700008},  {"portable/40-history-1", 700010},
        {"portable/43-cooperative-blocking", 700013},
    };

    (void)state;
    for (size_t i = 0; i < sizeof series / sizeof series[0]; i++) {
        struct hill_climbing_generator generator;
        struct hill_climbing_source source = {hill_climbing_generator_draw, &generator};
        struct hill_climbing_replay replay = {.source = &source};
        char path[256];
        hill_climbing_generator_init(&generator, series[i].seed);
        snprintf(path, sizeof path, CASES "%s.csv", series[i].name);
        if (hill_climbing_replay(path, &replay) != TABLE_IS_REPLAYED) {
            print_error("%s: %s\n", path, replay.what);
            fail();
        }
    }
}

/* ---- Arithmetic. ---- */

/* How far a double is from a value, in units of its last place there. */
static double ulps(double is, long double exact)
{
    int exponent;
    long double error = (long double)is - exact;

    (void)frexpl(exact, &exponent);
    return (double)(ldexpl(error < 0 ? -error : error, 53 - (exponent < -1021 ? -1021 : exponent)));
}

static double random_part(struct random_stream *stream)
{
    return (double)(random_bits(stream) >> 11) * 0x1p-53;
}

static void sine_and_cosine_of_hill_climbing_are_right_to_the_last_bit(void **state)
{
    struct random_stream stream = {random_stream_key(1, 3), 0, 0};
    double sine = 0;
    double cosine = 0;

    (void)state;
    if (LDBL_MANT_DIG <= DBL_MANT_DIG) {
        skip();
    }
    for (int i = 0; i < 100000; i++) {
        /* The angles of waves among them: periods are from 4/3 on. */
        double angle = i % 2 == 0 ? random_part(&stream) * 8 : 2 * 3.141592653589793 / (4.0 / 3 + i / 1000.0);
        double error = ulps(hill_climbing_sine(angle), sinl((long double)angle));
        sine = error > sine ? error : sine;
        error = ulps(hill_climbing_cosine(angle), cosl((long double)angle));
        cosine = error > cosine ? error : cosine;
    }
    print_message("angles from 0 to 8: sine within %.6f ulp, cosine within %.6f ulp\n", sine, cosine);
    assert_true(sine < 0.501);
    assert_true(cosine < 0.501);
    /* Known values: what is left of pi and pi / 2 as doubles. */
    assert_true(hill_climbing_sine(3.141592653589793) == 1.2246467991473532e-16);
    assert_true(hill_climbing_cosine(1.5707963267948966) == 6.123233995736766e-17);
    assert_true(hill_climbing_sine(0) == 0 && hill_climbing_cosine(0) == 1);
}

static void powers_of_hill_climbing_are_right_to_the_last_bit(void **state)
{
    static const double exponents[] = {2, 1, 0.5, 0.01, 3, 1.37, 7, 10};
    struct random_stream stream = {random_stream_key(1, 4), 0, 0};
    double largest = 0;
    size_t count = 0;

    (void)state;
    if (LDBL_MANT_DIG <= DBL_MANT_DIG) {
        skip();
    }
    for (int i = 0; i < 100000; i++) {
        const int twos = i % 3 == 0 ? -(int)random_uniform(&stream, 0, 1070) : 0;
        double base = ldexp(0.5 + random_part(&stream) / 2, twos);
        double exponent = i % 2 == 0 ? exponents[i / 2 % 8] : random_part(&stream) * 10;
        long double exact = powl((long double)base, (long double)exponent);
        if (exact >= (long double)DBL_MIN) {
            double error = ulps(hill_climbing_power(base, exponent), exact);
            largest = error > largest ? error : largest;
            count++;
        }
    }
    print_message("bases from 2^-1074 to 1, exponents to 10: power within %.6f ulp (%zu values)\n", largest, count);
    assert_true(count > 75000);
    assert_true(largest < 0.501);
    assert_true(hill_climbing_power(0, 0) == 1 && hill_climbing_power(0, 2) == 0);
    assert_true(hill_climbing_power(1, 12) == 1);
    assert_true(hill_climbing_power((double)NAN, 0) == 1 && isnan(hill_climbing_power((double)NAN, 2)));
    assert_true(hill_climbing_power(0x1p-600, 2) == 0 && hill_climbing_power(0x1p-530, 2) == 0x1p-1060);
}

static void the_root_of_hill_climbing_is_the_one_of_ieee_754(void **state)
{
    struct random_stream stream = {random_stream_key(1, 5), 0, 0};

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = random_bits(&stream) >> 1;
        double square;
        if (i % 3 == 0) {
            bits = (uint64_t)1 << i / 3 % 63 | bits >> (i % 61); /* few bits, and subnormal numbers */
        }
        memcpy(&square, &bits, sizeof square);
        if (isnan(square)) {
            assert_true(isnan(hill_climbing_root(square)));
        } else if (hill_climbing_root(square) != sqrt(square)) {
            print_error("the root of %a is %a, not %a\n", square, hill_climbing_root(square), sqrt(square));
            fail();
        }
    }
    assert_true(hill_climbing_root(0) == 0 && hill_climbing_root(4) == 2);
    assert_true(hill_climbing_root(DBL_MAX) == sqrt(DBL_MAX));
    assert_true(isinf(hill_climbing_root((double)INFINITY)));
}

/* ---- What no table shows. ---- */

/* Draws as the simulator makes them for a pool whose real seed comes from the operating system: keyed. */
struct keyed {
    struct random_stream stream;
    int draws;
    int32_t least, above; /* of the newest draw */
};

static int32_t draw_keyed(void *state, int32_t least, int32_t above)
{
    struct keyed *keyed = state;

    keyed->draws++;
    keyed->stream.k++;
    keyed->stream.sub = 0;
    keyed->least = least;
    keyed->above = above;
    return (int32_t)random_uniform(&keyed->stream, (uint64_t)least, (uint64_t)above - 1);
}

/* A climber with its source. */
struct climber {
    struct hill_climbing_settings settings;
    struct hill_climbing *state;
    struct keyed keyed;
    struct hill_climbing_source source;
};

static void set_up(struct climber *climber, struct hill_climbing_settings settings, uint64_t seed)
{
    assert_true(hill_climbing_accepts(&settings));
    *climber = (struct climber){.settings = settings, .keyed.stream = {random_stream_key(seed, 0), 0, 0}};
    climber->state = malloc(hill_climbing_size(&settings));
    assert_non_null(climber->state);
    climber->source = (struct hill_climbing_source){draw_keyed, &climber->keyed};
    hill_climbing_init(climber->state, &settings, &climber->source);
}

static struct hill_climbing_advice update(struct climber *climber, struct hill_climbing_sample sample)
{
    return hill_climbing_update(climber->state, &climber->settings, &sample, &climber->source);
}

static void hill_climbing_draws_once_at_first_and_at_each_change_but_a_blocked_one(void **state)
{
    struct climber climber;
    struct hill_climbing_order order = {9, TRANSITION_STARVATION};
    struct hill_climbing_advice advice;

    (void)state;
    set_up(&climber, hill_climbing_preset(HILL_CLIMBING_PORTABLE), 1);
    assert_int_equal(climber.keyed.draws, 1);
    assert_int_equal(climber.keyed.least, 10);
    assert_int_equal(climber.keyed.above, 201);
    advice = hill_climbing_force(climber.state, &climber.settings, &order, &climber.source);
    assert_int_equal(climber.keyed.draws, 2);
    assert_int_equal(advice.changes, 1);
    assert_int_equal(advice.change[0].transition, TRANSITION_STARVATION);
    assert_int_equal(advice.threads, 9);
    advice = hill_climbing_force(climber.state, &climber.settings, &order, &climber.source);
    assert_int_equal(climber.keyed.draws, 2);
    assert_int_equal(advice.changes, 0);
    order = (struct hill_climbing_order){12, TRANSITION_COOPERATIVE_BLOCKING};
    advice = hill_climbing_force(climber.state, &climber.settings, &order, &climber.source);
    assert_int_equal(climber.keyed.draws, 2);
    assert_int_equal(advice.changes, 1);
    assert_int_equal(advice.interval, climber.state->interval);
    /* The first update of a count that is known makes no change and no draw. */
    advice = update(&climber, (struct hill_climbing_sample){0.1, 1000, 12, 0, 12, 12});
    assert_int_equal(climber.keyed.draws, 2);
    assert_int_equal(advice.changes, 0);
    free(climber.state);
}

static void hill_climbing_of_the_portable_pool_keeps_a_floor_that_is_not_above_its_target(void **state)
{
    static const struct {
        enum hill_climbing_flavour flavour;
        int32_t threads;
    } wanted[] = {{HILL_CLIMBING_NATIVE, 8},
                  {HILL_CLIMBING_LEGACY, 8},
                  {HILL_CLIMBING_PORTABLE, 5},
                  {HILL_CLIMBING_PORTABLE_6, 5}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct hill_climbing_sample below = {0.1, 1000, 5, 0, 8, 100};
        struct climber climber;
        set_up(&climber, hill_climbing_preset(wanted[i].flavour), 1);
        assert_int_equal(update(&climber, below).threads, wanted[i].threads);
        free(climber.state);
    }
}

/* Throughput that leaps about is noise, which asks for a wave of more threads than an int holds. */
static void a_wave_of_hill_climbing_that_no_int_holds_is_the_greatest_or_the_least(void **state)
{
    static const struct {
        enum hill_climbing_flavour flavour;
        int32_t magnitude;
    } wanted[] = {{HILL_CLIMBING_NATIVE, 1},
                  {HILL_CLIMBING_LEGACY, 1},
                  {HILL_CLIMBING_PORTABLE, 20},
                  {HILL_CLIMBING_PORTABLE_6, 1}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct hill_climbing_settings settings = hill_climbing_preset(wanted[i].flavour);
        struct hill_climbing_advice advice = {.threads = 1000};
        struct climber climber;
        settings.wave_magnitude_multiplier = 2000000000;
        set_up(&climber, settings, 1);
        for (int k = 0; k < 9; k++) {
            assert_int_equal(climber.state->figures.magnitude, k == 0 ? 0 : 1);
            const int32_t done = k % 3 == 0 ? 90000 : 9000;
            advice = update(&climber, (struct hill_climbing_sample){0.1, done, advice.threads, 0, 1000, 1100});
        }
        assert_true(climber.state->noise * 1000 * 3 * 2e7 * 2 > 2147483648.0);
        assert_int_equal(climber.state->figures.magnitude, wanted[i].magnitude);
        free(climber.state);
    }
}

/* Whole threads always leave a trace of a wave, since the cosine of a quarter turn is no 0 among doubles. Parts of a
 * thread too small for a product leave none: they are laid into the state, as no pool could. */
static void hill_climbing_that_sees_no_wave_of_threads_at_all_is_stabilizing(void **state)
{
    struct hill_climbing_advice advice = {.threads = 0};
    struct climber climber;

    (void)state;
    set_up(&climber, hill_climbing_preset(HILL_CLIMBING_PORTABLE), 1);
    for (int k = 0; k < 11; k++) {
        for (int i = 0; k == 10 && i < 10; i++) {
            climber.state->ring[32 + i] = 0x1p-1074;
        }
        advice = update(&climber, (struct hill_climbing_sample){0.1, 100 + k % 3, k == 10 ? 0 : 1, 0, 1, 1});
    }
    assert_true(climber.state->figures.error > 0);
    assert_true(climber.state->figures.ratio == 0 && climber.state->figures.confidence == 0);
    assert_int_equal(advice.changes, 2);
    assert_int_equal(advice.change[0].transition, TRANSITION_INITIALIZING);
    assert_int_equal(advice.change[1].transition, TRANSITION_STABILIZING);
    free(climber.state);
}

static void a_forced_change_begins_the_mean_of_native_hill_climbing_anew(void **state)
{
    static const struct {
        enum hill_climbing_flavour flavour;
        double throughput; /* of 600 completions in 0.2 s after the forced change, or 1600 in 0.3 s in all */
    } wanted[] = {{HILL_CLIMBING_NATIVE, 3000}, {HILL_CLIMBING_PORTABLE, 1600 / 0.3}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct hill_climbing_order first = {8, TRANSITION_STARVATION};
        const struct hill_climbing_order order = {9, TRANSITION_STARVATION};
        struct hill_climbing_advice advice;
        struct climber climber;
        set_up(&climber, hill_climbing_preset(wanted[i].flavour), 1);
        (void)hill_climbing_force(climber.state, &climber.settings, &first, &climber.source);
        (void)update(&climber, (struct hill_climbing_sample){0.1, 1000, 8, 0, 1, 100});
        advice = hill_climbing_force(climber.state, &climber.settings, &order, &climber.source);
        assert_true(advice.change[0].throughput == 10000);
        assert_int_equal(advice.change[0].history, 0);
        advice = update(&climber, (struct hill_climbing_sample){0.2, 600, 9, 0, 1, 100});
        assert_int_equal(advice.changes, 1);
        assert_true(advice.change[0].throughput > wanted[i].throughput - 1e-6);
        assert_true(advice.change[0].throughput < wanted[i].throughput + 1e-6);
        free(climber.state);
    }
}

/* With an exponent of 0 every move is as far as the time allows: 40 threads in 10 s. The throughput does not rise
 * with the threads, so from the ninth sample on the way is down. */
static void a_move_of_hill_climbing_has_a_limit_upwards_and_none_downwards(void **state)
{
    struct hill_climbing_settings settings = hill_climbing_preset(HILL_CLIMBING_NATIVE);
    struct hill_climbing_advice advice = {.threads = 1000};
    struct climber climber;

    (void)state;
    settings.gain_exponent = 0;
    set_up(&climber, settings, 1);
    for (int k = 0; k < 9; k++) {
        const double before = k == 0 ? 1000 : climber.state->setting;
        advice = update(&climber, (struct hill_climbing_sample){10, 100000, advice.threads, 0, 1, 32767});
        assert_true(climber.state->setting - before == (k < 8 ? 20 : -40));
    }
    free(climber.state);
}

/* Two numbers of the generator that are as far apart as can be. */
static void the_generator_of_hill_climbing_never_draws_the_number_above(void **state)
{
    struct hill_climbing_generator generator = {.at = 0, .behind = 21};

    (void)state;
    generator.table[1] = INT32_MAX;
    assert_int_equal(hill_climbing_generator_draw(&generator, 0, 1), 0);
    assert_int_equal(generator.table[1], INT32_MAX - 1);
}

static void hill_climbing_takes_no_knob_by_which_the_real_one_divides_by_zero(void **state)
{
    struct hill_climbing_settings settings = hill_climbing_preset(HILL_CLIMBING_PORTABLE);

    (void)state;
    assert_true(hill_climbing_accepts(&settings));
    assert_int_equal(hill_climbing_size(&settings), sizeof(struct hill_climbing) + 64 * sizeof(double));
    settings.wave_period = 1;
    assert_false(hill_climbing_accepts(&settings));
    settings.wave_period = 2;
    assert_true(hill_climbing_accepts(&settings));
    settings.wave_history_size = 0;
    assert_false(hill_climbing_accepts(&settings));
    settings.wave_history_size = HILL_CLIMBING_SAMPLES_MAX;
    assert_false(hill_climbing_accepts(&settings));
    settings = hill_climbing_preset(HILL_CLIMBING_NATIVE);
    settings.bias = -1;
    assert_false(hill_climbing_accepts(&settings));
}

static struct hill_climbing_settings random_settings(struct random_stream *stream)
{
    struct hill_climbing_settings settings =
        hill_climbing_preset((enum hill_climbing_flavour)random_uniform(stream, 0, HILL_CLIMBING_PORTABLE_6));

    if (random_uniform(stream, 0, 1) == 0) {
        return settings;
    }
#define KNOB(word, preset, least, most, name, what)                                                  \
    if (random_uniform(stream, 0, 3) == 0) {                                                         \
        const bool is_wild = random_uniform(stream, 0, 9) == 0;                                      \
        settings.word = (int32_t)random_uniform(stream, least, is_wild ? most : preset * 3);         \
    }
    HILL_CLIMBING_KNOBS(KNOB)
#undef KNOB
    if (settings.wave_period > 100) {
        settings.wave_period = 100;
    }
    if (settings.wave_history_size > 50) {
        settings.wave_history_size = 50;
    }
    if (settings.sample_interval_low > settings.sample_interval_high) {
        settings.sample_interval_low = settings.sample_interval_high;
    }
    return settings;
}

/* Samples as no pool would give them among those that one might. */
static struct hill_climbing_sample random_sample(struct random_stream *stream, int32_t threads)
{
    const double odd[] = {0, (double)INFINITY, (double)NAN, 1e-300, 1e300, -0.1};
    struct hill_climbing_sample sample = {
        .seconds = (double)random_uniform(stream, 1, 300) / 1000,
        .completions = (int32_t)random_uniform(stream, 0, 40 * (uint64_t)threads),
        .threads = random_uniform(stream, 0, 19) == 0 ? (int32_t)random_uniform(stream, 1, 60) : threads,
        .cpu = (int32_t)random_uniform(stream, 0, 100),
    };

    if (random_uniform(stream, 0, 29) == 0) {
        sample.seconds = odd[random_uniform(stream, 0, 5)];
        sample.completions = random_uniform(stream, 0, 1) == 0 ? 0 : INT32_MAX;
    }
    return sample;
}

static void counts_of_hill_climbing_stay_within_their_limits_whatever_it_is_told(void **state)
{
    struct random_stream stream = {random_stream_key(1, 6), 0, 0};
    size_t poisoned = 0;
    size_t changes = 0;

    (void)state;
    for (uint64_t run = 0; run < 300; run++) {
        const int32_t minimum = (int32_t)random_uniform(&stream, 1, 20);
        const int32_t maximum = (int32_t)random_uniform(&stream, (uint64_t)minimum, 100);
        struct climber climber;
        int32_t threads = minimum;
        set_up(&climber, random_settings(&stream), run);
        for (int i = 0; i < 200; i++) {
            struct hill_climbing_sample sample = random_sample(&stream, threads);
            const int draws = climber.keyed.draws;
            struct hill_climbing_advice advice;
            sample.minimum = minimum;
            sample.maximum = maximum;
            if (sample.threads > maximum) {
                sample.threads = maximum;
            }
            const bool is_below = climber.settings.flavour >= HILL_CLIMBING_PORTABLE && sample.threads < minimum;
            const int32_t floor = is_below ? sample.threads : minimum;
            const int32_t highest = climber.settings.max_wave_magnitude;
            advice = update(&climber, sample);
            if (climber.state->figures.is_accepted) {
                assert_in_range(advice.threads, floor, maximum);
                assert_in_range(climber.state->figures.magnitude, 1, highest > 1 ? highest : 1);
            } else {
                assert_int_equal(advice.threads, sample.threads);
                assert_int_equal(advice.interval, 10);
            }
            assert_true(advice.changes <= 2);
            assert_int_equal(climber.keyed.draws - draws, advice.changes);
            assert_int_equal(climber.state->threads, advice.threads);
            threads = advice.threads;
            changes += advice.changes;
        }
        poisoned += isnan(climber.state->setting) || isnan(climber.state->noise);
        free(climber.state);
    }
    /* Such samples did reach it, and do not leave it. */
    assert_true(poisoned > 50);
    assert_true(changes > 1000);
}

static void the_seconds_of_a_sample_are_its_span_rounded_once(void **state)
{
    (void)state;
    assert_true(hill_climbing_seconds(15625000) == 0.015625);
    assert_true(hill_climbing_seconds(97000000) == 0.097);
    assert_true(hill_climbing_seconds(0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hill_climbing_decides_as_every_row_of_every_table_says),
        cmocka_unit_test(the_generator_of_hill_climbing_draws_what_its_table_says),
        cmocka_unit_test(the_generator_of_hill_climbing_draws_every_interval_of_the_tables),
        cmocka_unit_test(sine_and_cosine_of_hill_climbing_are_right_to_the_last_bit),
        cmocka_unit_test(powers_of_hill_climbing_are_right_to_the_last_bit),
        cmocka_unit_test(the_root_of_hill_climbing_is_the_one_of_ieee_754),
        cmocka_unit_test(hill_climbing_draws_once_at_first_and_at_each_change_but_a_blocked_one),
        cmocka_unit_test(hill_climbing_of_the_portable_pool_keeps_a_floor_that_is_not_above_its_target),
        cmocka_unit_test(a_wave_of_hill_climbing_that_no_int_holds_is_the_greatest_or_the_least),
        cmocka_unit_test(hill_climbing_that_sees_no_wave_of_threads_at_all_is_stabilizing),
        cmocka_unit_test(a_forced_change_begins_the_mean_of_native_hill_climbing_anew),
        cmocka_unit_test(a_move_of_hill_climbing_has_a_limit_upwards_and_none_downwards),
        cmocka_unit_test(the_generator_of_hill_climbing_never_draws_the_number_above),
        cmocka_unit_test(hill_climbing_takes_no_knob_by_which_the_real_one_divides_by_zero),
        cmocka_unit_test(counts_of_hill_climbing_stay_within_their_limits_whatever_it_is_told),
        cmocka_unit_test(the_seconds_of_a_sample_are_its_span_rounded_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
