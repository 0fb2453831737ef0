/* SPDX-License-Identifier: Apache-2.0 */
/* Hill climbing as the CLR has it: a square wave is laid over the thread count, and what the wave does to the
 * throughput says whether the next thread pays. Goertzel's filter reads both at the wave's own frequency,
 * its neighbours tell the noise.
 *
 * All is evaluated as it is written, from left to right, one rounding an operation, so that every bit is the
 * original's. The Makefile forbids contraction and its like for this file. Sine, cosine and power are
 * made here from + - * /, the root from integers, since a C library rounds as it likes.
 *
 * The flavours differ in how complex and real numbers meet, in what a NaN does to a minimum, and where the
 * comments below say so. */
#include "model/policy/hill_climbing.h"

#include <float.h>
#include <string.h>

/* Intermediate results must be doubles: 1 widens floats alone. */
_Static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 1, "a double must be reckoned with as a double");

/* ---- Sine, cosine, power, root. ---- */

/* A number as the sum of two doubles that do not overlap. */
struct wide {
    double high, low;
};

static const double pi = 3.141592653589793;
static const struct wide half_pi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
static const double half_pi_rest = -0x1.f1976b7ed8fbcp-110; /* what half_pi lacks */
static const struct wide log_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/* The sum without an error: what is rounded away is in the low part. */
static struct wide sum_of(double a, double b)
{
    const double sum = a + b;
    const double b_in_it = sum - a;

    return (struct wide){sum, (a - (sum - b_in_it)) + (b - b_in_it)};
}

/* The same, where a is the greater. */
static struct wide settled(double a, double b)
{
    const double sum = a + b;

    return (struct wide){sum, b - (sum - a)};
}

/* The upper 26 bits of a number. */
static double upper_half(double a)
{
    const double moved = a * 134217729.0;

    return moved - (moved - a);
}

/* The product without an error. */
static struct wide product_of(double a, double b)
{
    const double product = a * b;
    const double a_high = upper_half(a);
    const double b_high = upper_half(b);
    const double a_low = a - a_high;
    const double b_low = b - b_high;

    return (struct wide){product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

static struct wide add(struct wide a, struct wide b)
{
    struct wide sum = sum_of(a.high, b.high);
    const struct wide rest = sum_of(a.low, b.low);

    sum = settled(sum.high, sum.low + rest.high);
    return settled(sum.high, sum.low + rest.low);
}

static struct wide multiply(struct wide a, struct wide b)
{
    const struct wide product = product_of(a.high, b.high);

    return settled(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static struct wide scaled(struct wide a, double by)
{
    return multiply(a, (struct wide){by, 0});
}

static struct wide divide(struct wide a, struct wide b)
{
    const double first = a.high / b.high;
    struct wide rest = add(a, scaled(b, -first));
    const double second = rest.high / b.high;

    rest = add(rest, scaled(b, -second));
    return add(settled(first, second), (struct wide){rest.high / b.high, 0});
}

static struct wide whole_number(int n)
{
    return (struct wide){n, 0};
}

/* 1 - x²/(n(n+1)) (1 - x²/((n+2)(n+3)) (1 - ...)): the cosine for n = 1, the sine by x for n = 2. */
static struct wide alternating(struct wide x, int n)
{
    const struct wide square = multiply(x, x);
    struct wide sum = whole_number(1);

    for (int k = n + 28; k >= n; k -= 2) {
        const struct wide term = divide(multiply(square, sum), whole_number(-k * (k + 1)));
        sum = add(whole_number(1), term);
    }
    return sum;
}

/* The sine, `quarters` of a turn further on. */
static double turned_sine(double angle, int quarters)
{
    const int turns = (int)(angle / half_pi.high + 0.5);
    struct wide rest = {angle, 0};
    double value;

    rest = add(rest, product_of(-turns, half_pi.high));
    rest = add(rest, product_of(-turns, half_pi.low));
    rest = add(rest, (struct wide){-turns * half_pi_rest, 0});
    if ((turns + quarters) % 2 != 0) {
        value = alternating(rest, 1).high;
    } else {
        value = multiply(rest, alternating(rest, 2)).high;
    }
    return (turns + quarters) % 4 >= 2 ? -value : value;
}

double hill_climbing_sine(double angle)
{
    return turned_sine(angle, 0);
}

double hill_climbing_cosine(double angle)
{
    return turned_sine(angle, 1);
}

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* 2 to the power of n, for a normal number. */
static double power_of_two(int n)
{
    const uint64_t bits = (uint64_t)(n + 1023) << 52;
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A positive number as part * 2^exponent with the part from 1 to below 2. */
struct scientific {
    double part;
    int exponent;
};

static struct scientific scientific(double x)
{
    const int lift = x < DBL_MIN ? 54 : 0;
    const uint64_t bits = bits_of(x * power_of_two(lift));
    const int exponent = (int)(bits >> 52) - 1023;
    const uint64_t part = bits - ((uint64_t)(exponent + 1023) << 52) + bits_of(1);
    struct scientific number = {0, exponent - lift};

    memcpy(&number.part, &part, sizeof part);
    return number;
}

/* The logarithm from the series of atanh((x - 1) / (x + 1)), whose terms fall 34-fold at least. */
static struct wide logarithm(double x)
{
    struct scientific number = scientific(x);
    struct wide quotient, square, sum;

    if (number.part > 1.4142135623730951) {
        number.part /= 2;
        number.exponent++;
    }
    quotient = divide((struct wide){number.part - 1, 0}, sum_of(number.part, 1));
    square = multiply(quotient, quotient);
    sum = whole_number(0);
    for (int k = 45; k >= 1; k -= 2) {
        sum = add(multiply(sum, square), divide(whole_number(1), whole_number(k)));
    }
    sum = scaled(multiply(quotient, sum), 2);
    return add(sum, scaled(log_2, number.exponent));
}

double hill_climbing_power(double base, double exponent)
{
    struct wide x;
    struct wide sum = {1, 0};
    int twos;

    if (exponent == 0 || base == 1) {
        return 1; /* of a NaN too */
    }
    if (!(base > 0)) {
        return base;
    }
    x = scaled(logarithm(base), exponent);
    if (x.high < -746) {
        return 0;
    }
    twos = (int)(x.high / log_2.high - 0.5);
    x = add(x, scaled(log_2, -twos));
    for (int k = 24; k >= 1; k--) {
        sum = add(whole_number(1), divide(multiply(x, sum), whole_number(k)));
    }
    return twos < -1000 ? sum.high * power_of_two(twos + 100) * power_of_two(-100) : sum.high * power_of_two(twos);
}

/* Two digits of the square make one of the root; the rest says which way to round, and is never a half. */
double hill_climbing_root(double square)
{
    struct scientific number;
    uint64_t digits, rest, root;

    if (!(square > 0) || square > DBL_MAX) {
        return square;
    }
    number = scientific(square);
    digits = (uint64_t)(number.part * power_of_two(52));
    if (number.exponent % 2 != 0) {
        digits *= 2;
        number.exponent--;
    }
    rest = 0;
    root = 0;
    for (int place = 52; place >= -54; place -= 2) {
        rest = rest * 4 + (place >= 0 ? digits >> place & 3 : 0);
        root *= 2;
        if (rest > root * 2) {
            rest -= root * 2 + 1;
            root++;
        }
    }
    return (double)((root + 1) / 2) * power_of_two(number.exponent / 2 - 52);
}

/* ---- The generator of the native pool. ---- */

static int32_t wrapped_sum(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* a - b, brought up if it is below 0. */
static int32_t difference(int32_t a, int32_t b)
{
    const int32_t between = (int32_t)((uint32_t)a - (uint32_t)b);

    return between < 0 ? wrapped_sum(between, INT32_MAX) : between;
}

int32_t hill_climbing_seed(uint32_t clr_instance, uint32_t process)
{
    return (int32_t)(clr_instance << 16 ^ process);
}

void hill_climbing_generator_init(struct hill_climbing_generator *generator, int32_t seed)
{
    int32_t *table = generator->table;
    const uint32_t size = seed < 0 ? 0U - (uint32_t)seed : (uint32_t)seed;
    int32_t last = (int32_t)(161803398U - size);
    int32_t next = 1;

    *generator = (struct hill_climbing_generator){.at = 0, .behind = 21};
    table[55] = last;
    for (int i = 1; i <= 54; i++) {
        table[21 * i % 55] = next;
        next = difference(last, next);
        last = table[21 * i % 55];
    }
    for (int round = 0; round < 4; round++) {
        for (int i = 1; i <= 55; i++) {
            table[i] = difference(table[i], table[1 + (i + 30) % 55]);
        }
    }
}

int32_t hill_climbing_generator_draw(void *state, int32_t least, int32_t above)
{
    struct hill_climbing_generator *generator = state;
    int32_t drawn;

    generator->at = generator->at % 55 + 1;
    generator->behind = generator->behind % 55 + 1;
    drawn = (int32_t)((uint32_t)generator->table[generator->at] - (uint32_t)generator->table[generator->behind]);
    drawn -= drawn == INT32_MAX;
    if (drawn < 0) {
        drawn = wrapped_sum(drawn, INT32_MAX);
    }
    generator->table[generator->at] = drawn;
    return (int32_t)(drawn * (1.0 / 2147483647) * (above - least) + least);
}

/* ---- What the flavours do differently. ---- */

struct rules {
    bool by_component;     /* a complex and a real number meet part by part; else the real one gets a part 0 */
    bool nan_spreads;      /* a minimum of a NaN is a NaN; else it is the second number if they do not compare */
    bool saturates;        /* a number that no int holds becomes the nearest, a NaN 0; else both the least */
    bool floor_is_target;  /* the floor is never above the count that the pool aims at */
    bool low_yields;       /* a low interval above the high one: the presets of both are taken */
    bool force_keeps_mean; /* a forced change does not begin the mean of the log anew */
    bool rare_at_floor;    /* a falling throughput at the floor: at least ten times the interval; else at most */
};

static struct rules rules_of(const struct hill_climbing_settings *settings)
{
    switch (settings->flavour) {
    case HILL_CLIMBING_NATIVE:
        break;
    case HILL_CLIMBING_LEGACY:
        return (struct rules){.rare_at_floor = true};
    case HILL_CLIMBING_PORTABLE:
    case HILL_CLIMBING_PORTABLE_6:
        return (struct rules){.by_component = true,
                              .nan_spreads = true,
                              .saturates = settings->flavour == HILL_CLIMBING_PORTABLE,
                              .floor_is_target = true,
                              .low_yields = true,
                              .force_keeps_mean = true};
    }
    return (struct rules){0};
}

static double lesser(const struct rules *rules, double a, double b)
{
    if (rules->nan_spreads && a != a) {
        return a;
    }
    return a < b ? a : b;
}

static double greater(const struct rules *rules, double a, double b)
{
    if (rules->nan_spreads && a != a) {
        return a;
    }
    return a > b ? a : b;
}

/* Towards 0. */
static int32_t to_int(const struct rules *rules, double x)
{
    if (x > -2147483649.0 && x < 2147483648.0) {
        return (int32_t)x;
    }
    if (rules->saturates && !(x < 0)) {
        return x > 0 ? INT32_MAX : 0;
    }
    return INT32_MIN;
}

static int32_t within(int32_t x, int32_t least, int32_t most)
{
    const int32_t below = x < most ? x : most;

    return below > least ? below : least;
}

/* ---- Waves. ---- */

struct wave {
    double re, im;
};

static struct wave wave_by_real(const struct rules *rules, struct wave wave, double by)
{
    double size;

    if (rules->by_component) {
        return (struct wave){wave.re / by, wave.im / by};
    }
    size = by * by + 0.0 * 0.0;
    return (struct wave){(wave.re * by + wave.im * 0.0) / size, (-wave.re * 0.0 + wave.im * by) / size};
}

static struct wave wave_by_wave(struct wave a, struct wave b)
{
    const double size = b.re * b.re + b.im * b.im;

    return (struct wave){(a.re * b.re + a.im * b.im) / size, (-a.re * b.im + a.im * b.re) / size};
}

static struct wave real_times_wave(const struct rules *rules, double real, struct wave wave)
{
    if (rules->by_component) {
        return (struct wave){real * wave.re, real * wave.im};
    }
    return (struct wave){real * wave.re - 0.0 * wave.im, real * wave.im + 0.0 * wave.re};
}

static double wave_size(struct wave wave)
{
    return hill_climbing_root(wave.re * wave.re + wave.im * wave.im);
}

static double size_of(double x)
{
    return x < 0 ? -x : x;
}

/* The newest samples of a ring, as the analysis sees them. */
struct window {
    const double *ring;
    int64_t first;
    int32_t size, count;
};

static double value_at(const struct window *window, int32_t i)
{
    return window->ring[(window->first + i) % window->size];
}

static double mean_of(const struct window *window)
{
    double sum = 0;

    for (int32_t i = 0; i < window->count; i++) {
        sum += value_at(window, i);
    }
    return sum / window->count;
}

/* Goertzel: how much of the window is a wave of this period. */
static struct wave wave_in(const struct rules *rules, const struct window *window, double period)
{
    const double angle = 2.0 * pi / period;
    const double cosine = hill_climbing_cosine(angle);
    const double sine = hill_climbing_sine(angle);
    const double twice = 2.0 * cosine;
    double newest = 0;
    double newer = 0;

    for (int32_t i = 0; i < window->count; i++) {
        const double value = ((twice * newest) - newer) + value_at(window, i);
        newer = newest;
        newest = value;
    }
    return wave_by_real(rules, (struct wave){newest - newer * cosine, newer * sine}, window->count);
}

/* ---- Settings and state. ---- */

struct hill_climbing_settings hill_climbing_preset(enum hill_climbing_flavour flavour)
{
    return (struct hill_climbing_settings){
        .flavour = flavour,
        .cpu_high = 95,
#define KNOB(word, preset, least, most, name, what) .word = preset,
        HILL_CLIMBING_KNOBS(KNOB)
#undef KNOB
    };
}

bool hill_climbing_accepts(const struct hill_climbing_settings *settings)
{
#define KNOB(word, preset, least, most, name, what)                                                  \
    if (settings->word < least || settings->word > most) {                                           \
        return false;                                                                                \
    }
    HILL_CLIMBING_KNOBS(KNOB)
#undef KNOB
    return (int64_t)settings->wave_period * settings->wave_history_size <= HILL_CLIMBING_SAMPLES_MAX;
}

static int32_t history_of(const struct hill_climbing_settings *settings)
{
    return settings->wave_period * settings->wave_history_size;
}

size_t hill_climbing_size(const struct hill_climbing_settings *settings)
{
    return sizeof(struct hill_climbing) + 2 * (size_t)history_of(settings) * sizeof(double);
}

/* Samples of whole waves among the first `samples`. */
static int32_t whole_waves(const struct hill_climbing_settings *settings, int64_t samples)
{
    const int32_t history = history_of(settings);

    return (int32_t)(samples < history ? samples : history) / settings->wave_period * settings->wave_period;
}

static void draw_interval(struct hill_climbing *state, const struct hill_climbing_settings *settings,
                          const struct hill_climbing_source *source)
{
    const struct hill_climbing_settings preset = hill_climbing_preset(settings->flavour);
    const bool is_crossed = settings->sample_interval_low > settings->sample_interval_high;
    const struct hill_climbing_settings *limits = is_crossed && rules_of(settings).low_yields ? &preset : settings;

    state->interval = source->draw(source->state, limits->sample_interval_low, limits->sample_interval_high + 1);
}

void hill_climbing_init(struct hill_climbing *state, const struct hill_climbing_settings *settings,
                        const struct hill_climbing_source *source)
{
    memset(state, 0, hill_climbing_size(settings));
    draw_interval(state, settings, source);
}

/* One call: what it works with, and what comes of it. */
struct climb {
    struct hill_climbing *state;
    const struct hill_climbing_settings *settings;
    const struct hill_climbing_source *source;
    struct rules rules;
    struct hill_climbing_advice advice;
};

/* The count changes: a new interval, but for a thread that blocks, and an entry of the log. */
static void change_threads(struct climb *climb, int32_t threads, enum hill_climbing_transition why)
{
    struct hill_climbing *state = climb->state;

    state->threads = threads;
    if (why != TRANSITION_COOPERATIVE_BLOCKING) {
        draw_interval(state, climb->settings, climb->source);
    }
    climb->advice.change[climb->advice.changes++] = (struct hill_climbing_change){
        .transition = why,
        .threads = threads,
        .history = whole_waves(climb->settings, state->samples),
        .throughput = state->seconds > 0 ? state->completions / state->seconds : 0,
    };
}

static void begin_mean(struct hill_climbing *state)
{
    state->seconds = 0;
    state->completions = 0;
}

/* Others have set the count: the setting follows. */
static void follow(struct climb *climb, int32_t threads, enum hill_climbing_transition why)
{
    if (threads != climb->state->threads) {
        climb->state->setting += threads - climb->state->threads;
        change_threads(climb, threads, why);
        if (!climb->rules.force_keeps_mean) {
            begin_mean(climb->state);
        }
    }
}

struct hill_climbing_advice hill_climbing_force(struct hill_climbing *state,
                                                const struct hill_climbing_settings *settings,
                                                const struct hill_climbing_order *order,
                                                const struct hill_climbing_source *source)
{
    struct climb climb = {state, settings, source, rules_of(settings), {.threads = order->threads}};

    follow(&climb, order->threads, order->why);
    climb.advice.interval = state->interval;
    return climb.advice;
}

double hill_climbing_seconds(sim_span span)
{
    return (double)span / 1e9;
}

/* ---- An update. ---- */

/* What one completion more or less would mean is too much for this sample: it is put off. 0 / 0 is not. */
static bool is_put_off(const struct climb *climb, const struct hill_climbing_sample *sample, int32_t completions)
{
    return climb->state->samples > 0 &&
           (sample->threads - 1.0) / completions >= climb->settings->max_sample_error_percent / 100.0;
}

static void keep_sample(struct climb *climb, int32_t threads)
{
    const int32_t history = history_of(climb->settings);
    double *throughputs = climb->state->ring;

    throughputs[climb->state->samples % history] = climb->state->figures.throughput;
    throughputs[history + climb->state->samples % history] = threads;
    climb->state->samples++;
}

/* Error and noise: what stands in the throughput beside the wave's frequency. From two waves on, both neighbours
 * fit into the window. */
static void judge_noise(struct climb *climb, const struct window *throughputs, double mean)
{
    const double smoothing = climb->settings->error_smoothing_factor / 100.0;
    const int32_t count = throughputs->count;
    const double waves = (double)count / climb->settings->wave_period;
    struct hill_climbing *state = climb->state;
    struct hill_climbing_figures *figures = &state->figures;
    const struct wave shorter = wave_in(&climb->rules, throughputs, count / (waves + 1));
    const struct wave longer = wave_in(&climb->rules, throughputs, count / (waves - 1));

    figures->error = greater(&climb->rules, wave_size(wave_by_real(&climb->rules, shorter, mean)),
                             wave_size(wave_by_real(&climb->rules, longer, mean)));
    state->noise = state->noise == 0 ? figures->error
                                     : (smoothing * figures->error) + ((1.0 - smoothing) * state->noise);
}

/* Compares the waves of the newest samples, of as many as made whole waves before this one. */
static enum hill_climbing_transition analyse(struct climb *climb)
{
    const int32_t history = history_of(climb->settings);
    const int32_t count = whole_waves(climb->settings, climb->state->samples - 1);
    const double trusted = climb->settings->target_signal_to_noise_ratio / 100.0;
    const double period = climb->settings->wave_period;
    const struct rules *rules = &climb->rules;
    struct hill_climbing_figures *figures = &climb->state->figures;
    const struct window throughputs = {climb->state->ring, climb->state->samples - count, history, count};
    const struct window threads = {climb->state->ring + history, throughputs.first, history, count};
    const double mean = mean_of(&throughputs);
    const double threads_mean = mean_of(&threads);
    struct wave throughput_wave, thread_wave;
    double size, noise;

    if (count <= climb->settings->wave_period || !(mean > 0) || !(threads_mean > 0)) {
        return TRANSITION_WARMUP;
    }
    throughput_wave = wave_by_real(rules, wave_in(rules, &throughputs, period), mean);
    judge_noise(climb, &throughputs, mean);
    thread_wave = wave_by_real(rules, wave_in(rules, &threads, period), threads_mean);
    size = wave_size(thread_wave);
    if (size > 0) {
        const struct wave worth = real_times_wave(rules, climb->settings->bias / 100.0, thread_wave);
        const struct wave gain = {throughput_wave.re - worth.re, throughput_wave.im - worth.im};
        figures->ratio = wave_by_wave(gain, thread_wave).re;
    }
    noise = greater(rules, climb->state->noise, figures->error);
    figures->confidence = noise > 0 ? (size / noise) / trusted : 1.0;
    figures->thread_wave = thread_wave.re;
    figures->throughput_wave = throughput_wave.re;
    return size > 0 ? TRANSITION_CLIMBING_MOVE : TRANSITION_STABILIZING;
}

/* How far the setting goes: upwards at most as far as a sample may go, downwards without a limit. */
static double move_of(const struct climb *climb, const struct hill_climbing_sample *sample)
{
    const struct hill_climbing_settings *settings = climb->settings;
    const struct hill_climbing_figures *figures = &climb->state->figures;
    const struct rules *rules = &climb->rules;
    const double gain = settings->max_change_per_second * figures->seconds;
    double move = lesser(rules, 1.0, greater(rules, -1.0, figures->ratio));

    move *= lesser(rules, 1.0, greater(rules, 0.0, figures->confidence));
    move = hill_climbing_power(size_of(move), settings->gain_exponent / 100.0) * (move >= 0 ? 1 : -1) * gain;
    move = lesser(rules, move, settings->max_change_per_sample);
    return move > 0 && sample->cpu > settings->cpu_high ? 0 : move;
}

/* Moves the setting, and lays the wave over it: the new count. */
static int32_t climbed(struct climb *climb, const struct hill_climbing_sample *sample, int32_t floor)
{
    const struct hill_climbing_settings *settings = climb->settings;
    const struct rules *rules = &climb->rules;
    struct hill_climbing *state = climb->state;
    const bool is_high = state->samples / (settings->wave_period / 2) % 2 != 0;
    double height;
    int32_t magnitude;

    state->setting += move_of(climb, sample);
    height = state->setting * state->noise * (settings->target_signal_to_noise_ratio / 100.0) *
             (settings->wave_magnitude_multiplier / 100.0) * 2.0;
    magnitude = within(to_int(rules, 0.5 + height), 1, settings->max_wave_magnitude);
    state->figures.magnitude = magnitude;
    state->setting = lesser(rules, sample->maximum - magnitude, state->setting);
    state->setting = greater(rules, floor, state->setting);
    return within(to_int(rules, state->setting + (is_high ? magnitude : 0)), floor, sample->maximum);
}

/* The interval drawn last; at the floor, where fewer threads would be better still, it is stretched. */
static int32_t interval_of(const struct climb *climb, int32_t threads, int32_t floor)
{
    const double ratio = climb->state->figures.ratio;
    double factor;

    if (!(ratio < 0) || threads != floor) {
        return climb->state->interval;
    }
    factor = climb->rules.rare_at_floor ? greater(&climb->rules, -ratio, 1.0) : lesser(&climb->rules, -ratio, 1.0);
    return to_int(&climb->rules, 0.5 + climb->state->interval * (10.0 * factor));
}

struct hill_climbing_advice hill_climbing_update(struct hill_climbing *state,
                                                 const struct hill_climbing_settings *settings,
                                                 const struct hill_climbing_sample *sample,
                                                 const struct hill_climbing_source *source)
{
    struct climb climb = {state, settings, source, rules_of(settings), {.threads = sample->threads}};
    const bool is_above = climb.rules.floor_is_target && sample->minimum > sample->threads;
    const int32_t floor = is_above ? sample->threads : sample->minimum;
    const int32_t completions = wrapped_sum(sample->completions, state->held_completions);
    const double seconds = sample->seconds + state->held_seconds;
    enum hill_climbing_transition why;

    follow(&climb, sample->threads, TRANSITION_INITIALIZING);
    state->seconds += sample->seconds;
    state->completions = wrapped_sum(state->completions, sample->completions);
    state->figures = (struct hill_climbing_figures){0};
    if (is_put_off(&climb, sample, completions)) {
        state->held_seconds = seconds;
        state->held_completions = completions;
        climb.advice.interval = 10;
        return climb.advice;
    }
    state->held_seconds = 0;
    state->held_completions = 0;
    state->figures.is_accepted = true;
    state->figures.seconds = seconds;
    state->figures.throughput = completions / seconds;
    keep_sample(&climb, sample->threads);
    why = analyse(&climb);
    climb.advice.threads = climbed(&climb, sample, floor);
    if (climb.advice.threads != sample->threads) {
        change_threads(&climb, climb.advice.threads, why);
        begin_mean(state);
    }
    climb.advice.interval = interval_of(&climb, climb.advice.threads, floor);
    return climb.advice;
}
