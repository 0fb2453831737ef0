/* SPDX-License-Identifier: Apache-2.0 */
/* Climbing. Samples begin and end where items end, so that a pool in which nothing ends never climbs. The clock that
 * says when a sample is over ticks; how long it took is measured exactly, and portable pools do so in units of 100 ns. */
#include "model/climb.h"

#include "sim/random.h"

#define MS UINT64_C(1000000)

/* The first sample of a pool begins with the machine's clock, which has run for a while when the run begins (facts of
 * hill climbing, section 7): an hour, so that its throughput is next to none. */
#define UPTIME (3600 * UINT64_C(1000000000))

/* What lies in the table of climbing for one pool: the draws made, then the state of hill climbing. */
struct draws {
    uint64_t key, count;
};

static struct draws *draws_at(const struct simulation *sim, pool_id pool)
{
    return (struct draws *)(void *)BLOCK_AT(&sim->block, TABLE_CLIMB, uint64_t, pool_at(sim, pool)->climb.first);
}

static struct hill_climbing *state_at(const struct simulation *sim, pool_id pool)
{
    return (struct hill_climbing *)(void *)(draws_at(sim, pool) + 1);
}

/* The runtime draws from a seed of the operating system's, or of the process's number; here it is a keyed draw. */
static int32_t draw(void *context, int32_t least, int32_t above)
{
    struct draws *draws = context;
    struct random_stream stream = {.key = draws->key, .k = draws->count++};

    return (int32_t)random_uniform(&stream, (uint64_t)least, (uint64_t)above - 1);
}

static struct hill_climbing_settings settings_of(const struct simulation *sim, pool_id id)
{
    const struct pool_constants *constants = &pool_at(sim, id)->constants;
    struct hill_climbing_settings settings = {
        .flavour = (enum hill_climbing_flavour)pool_policy_of(sim, id)->hill_climbing,
        .cpu_high = (int32_t)(constants->cpu_high / 10000),
#define KNOB(word, preset, least, most, name, what) .word = (int32_t)constants->hill_climbing_##word,
        HILL_CLIMBING_KNOBS(KNOB)
#undef KNOB
    };

    if (settings.sample_interval_low > settings.sample_interval_high) {
        settings.sample_interval_low = 10;
        settings.sample_interval_high = 200;
    }
    return settings;
}

/* Begins, once; false when there is no memory. */
static bool begin(struct simulation *sim, pool_id id, const struct hill_climbing_settings *settings)
{
    struct climb *climb = &pool_at(sim, id)->climb;
    uint32_t words = (uint32_t)((sizeof(struct draws) + hill_climbing_size(settings) + sizeof(uint64_t) - 1) /
                                sizeof(uint64_t));
    uint32_t first = 0;
    struct hill_climbing_source source = {draw, NULL};

    if (climb->first != 0) {
        return true;
    }
    if (!block_run_create(&sim->block, TABLE_CLIMB, words, &first)) {
        sim->out_of_memory = true;
        return false;
    }
    climb = &pool_at(sim, id)->climb;
    climb->first = first;
    climb->words = words;
    climb->interval = pool_at(sim, id)->constants.sample_interval_first;
    draws_at(sim, id)->key = random_stream_key(sim->seed, random_key("hill climbing", 13) + id);
    source.state = draws_at(sim, id);
    hill_climbing_init(state_at(sim, id), settings, &source);
    return true;
}

/* How long the present sample has taken. */
static sim_span elapsed(const struct simulation *sim, const struct climb *climb)
{
    sim_span span = !climb->has_sampled ? sim->state.now + UPTIME : sim->state.now - climb->sampled_at;

    return span - span % 100;
}

/* Whether the present sample is over: by the clock's ticks, and then by half of its length at least. */
static bool is_over(const struct simulation *sim, const struct climb *climb)
{
    sim_span ticks = pool_clock(sim) - climb->sampled_tick;

    return ticks >= climb->interval && elapsed(sim, climb) >= climb->interval / MS / 2 * MS;
}

bool climb_item_is_over(struct simulation *sim, pool_id id, const struct pool_view *view,
                        struct hill_climbing_advice *advice)
{
    const struct pool_policy *policy = pool_policy_of(sim, id);
    struct hill_climbing_settings settings;
    struct hill_climbing_source source = {draw, NULL};
    struct hill_climbing_sample sample;
    struct climb *climb;

    if (policy->may_climb == NULL || view->constants->hill_climbing == 0 || !policy->may_climb(view)) {
        return false;
    }
    settings = settings_of(sim, id);
    if (!begin(sim, id, &settings) || !is_over(sim, &pool_at(sim, id)->climb)) {
        return false;
    }
    climb = &pool_at(sim, id)->climb;
    sample = (struct hill_climbing_sample){
        .seconds = hill_climbing_seconds(elapsed(sim, climb)),
        .completions = (int32_t)(pool_at(sim, id)->completed - climb->completed),
        .threads = (int32_t)view->target,
        .cpu = (int32_t)pool_at(sim, id)->gate.utilization,
        .minimum = (int32_t)policy->climb_floor(view),
        .maximum = (int32_t)view->maximum,
    };
    source.state = draws_at(sim, id);
    *advice = hill_climbing_update(state_at(sim, id), &settings, &sample, &source);
    climb->completed = pool_at(sim, id)->completed;
    climb->interval = (sim_span)advice->interval * MS;
    climb->has_sampled = true;
    climb->sampled_at = sim->state.now;
    climb->sampled_tick = pool_clock(sim);
    return true;
}

void climb_follows(struct simulation *sim, pool_id id, uint32_t target, enum hill_climbing_transition why)
{
    const struct pool_policy *policy = pool_policy_of(sim, id);
    struct hill_climbing_order order = {(int32_t)target, why};
    struct hill_climbing_source source = {draw, NULL};
    struct hill_climbing_settings settings;

    if (policy->may_climb == NULL || pool_at(sim, id)->constants.hill_climbing == 0) {
        return;
    }
    settings = settings_of(sim, id);
    if (begin(sim, id, &settings)) {
        source.state = draws_at(sim, id);
        (void)hill_climbing_force(state_at(sim, id), &settings, &order, &source);
    }
}

const struct hill_climbing_figures *climb_figures(const struct simulation *sim, pool_id pool)
{
    return &state_at(sim, pool)->figures;
}
