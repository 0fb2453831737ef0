/* SPDX-License-Identifier: Apache-2.0 */
/* Hill climbing: how many worker threads a CLR pool wants, learned from its throughput (docs/faithfulness.md,
 * "Hill climbing"). The one file of sim/ and model/ that reckons in floating point, because what it imitates
 * does; every machine and compiler gets the same bits.
 *
 * It is a policy: told a sample, it returns advice. Its state is plain bytes without pointers, as long as
 * hill_climbing_size says and aligned for 8, so that it can lie in the block. Draws come from a source that
 * is handed in: the native pool's own generator, or any other. */
#ifndef MODEL_POLICY_HILL_CLIMBING_H
#define MODEL_POLICY_HILL_CLIMBING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/time.h"

/* FLAVOUR(id, "word", "what it is") */
#define HILL_CLIMBING_FLAVOURS(FLAVOUR)                                                              \
    FLAVOUR(NATIVE, "native", ".NET Framework and CoreCLR 3.0 to .NET 5: the C++ code")              \
    FLAVOUR(LEGACY, "legacy-2.0", "CoreCLR 1.0 to 2.0: samples ten times as rarely at the floor")    \
    FLAVOUR(PORTABLE, "portable", ".NET 9 and later: the C# code")                                   \
    FLAVOUR(PORTABLE_6, "portable-6", ".NET 6 to 8 on x64: numbers that no int holds become its least")

/* Samples of the whole history, at most: 16 MiB of state. */
#define HILL_CLIMBING_SAMPLES_MAX (1 << 20)

/* KNOB(word, preset, least, most, "name in the runtime", "what it is"). Percents are divided by 100 once.
 * Below the least period or history the real code divides by zero. */
#define HILL_CLIMBING_KNOBS(KNOB)                                                                    \
    KNOB(wave_period, 4, 2, HILL_CLIMBING_SAMPLES_MAX, "WavePeriod", "samples of one wave of the thread count") \
    KNOB(wave_history_size, 8, 1, HILL_CLIMBING_SAMPLES_MAX, "WaveHistorySize", "waves that are looked back at") \
    KNOB(max_wave_magnitude, 20, 0, INT32_MAX, "MaxWaveMagnitude", "threads that the wave adds, at most") \
    KNOB(wave_magnitude_multiplier, 100, 0, INT32_MAX, "WaveMagnitudeMultiplier", "percent: wave to noise") \
    KNOB(bias, 15, 0, INT32_MAX, "Bias", "percent: what a thread must bring")                        \
    KNOB(target_signal_to_noise_ratio, 300, 0, INT32_MAX, "TargetSignalToNoiseRatio", "percent: trusted fully") \
    KNOB(max_change_per_second, 4, 0, INT32_MAX, "MaxChangePerSecond", "threads")                    \
    KNOB(max_change_per_sample, 20, 0, INT32_MAX, "MaxChangePerSample", "threads, upwards")          \
    KNOB(sample_interval_low, 10, 0, INT32_MAX, "SampleIntervalLow", "ms")                           \
    KNOB(sample_interval_high, 200, 0, INT32_MAX - 1, "SampleIntervalHigh", "ms, drawn too")         \
    KNOB(error_smoothing_factor, 1, 0, INT32_MAX, "ErrorSmoothingFactor", "percent: newest error in the noise") \
    KNOB(gain_exponent, 200, 0, INT32_MAX, "GainExponent", "percent: the power of a move")           \
    KNOB(max_sample_error_percent, 15, 0, INT32_MAX, "MaxSampleErrorPercent", "percent: beyond it, put off")

/* TRANSITION(id, "name in the runtime"): why the count changed. Names that no code gives are left out. */
#define HILL_CLIMBING_TRANSITIONS(TRANSITION)                                                        \
    TRANSITION(WARMUP, "Warmup")                                                                     \
    TRANSITION(INITIALIZING, "Initializing") /* the pool ran another count than was advised */       \
    TRANSITION(CLIMBING_MOVE, "ClimbingMove")                                                        \
    TRANSITION(STABILIZING, "Stabilizing")                                                           \
    TRANSITION(STARVATION, "Starvation")                                                             \
    TRANSITION(THREAD_TIMED_OUT, "ThreadTimedOut")                                                   \
    TRANSITION(COOPERATIVE_BLOCKING, "CooperativeBlocking")

enum hill_climbing_flavour {
#define FLAVOUR(id, word, what) HILL_CLIMBING_##id,
    HILL_CLIMBING_FLAVOURS(FLAVOUR)
#undef FLAVOUR
};

enum hill_climbing_transition {
#define TRANSITION(id, name) TRANSITION_##id,
    HILL_CLIMBING_TRANSITIONS(TRANSITION)
#undef TRANSITION
};

/* What does not change during a run. */
struct hill_climbing_settings {
    enum hill_climbing_flavour flavour;
    int32_t cpu_high; /* percent; strictly above it the count does not climb */
#define KNOB(word, ...) int32_t word;
    HILL_CLIMBING_KNOBS(KNOB)
#undef KNOB
};

/* A whole number from `least` on, below `above`. */
struct hill_climbing_source {
    int32_t (*draw)(void *state, int32_t least, int32_t above);
    void *state;
};

/* What the pool saw since the last update. */
struct hill_climbing_sample {
    double seconds;
    int32_t completions;
    int32_t threads; /* the target now */
    int32_t cpu;     /* percent */
    int32_t minimum, maximum;
};

/* One entry of the runtime's log. */
struct hill_climbing_change {
    enum hill_climbing_transition transition;
    int32_t threads;
    int32_t history; /* samples that the analysis looks back at */
    uint32_t spare;
    double throughput; /* completions a second since the change before */
};

struct hill_climbing_advice {
    int32_t threads;
    int32_t interval; /* ms until the next sample */
    uint32_t changes;
    uint32_t spare;
    struct hill_climbing_change change[2]; /* in their order */
};

/* What the last update reckoned, for views and tests; 0 where it was not reckoned, and all of it when the
 * sample was put off. */
struct hill_climbing_figures {
    double seconds, throughput; /* of the sample with what was put off before it */
    double thread_wave, throughput_wave;
    double error; /* of the throughput, beside the wave */
    double ratio, confidence; /* confidence as it was before it is cut to 0..1 */
    int32_t magnitude;        /* of the wave that is laid over the count */
    uint32_t is_accepted;
};

struct hill_climbing {
    double setting; /* the count without its wave; it moves in parts of threads */
    double noise;   /* moving mean of the errors; 0: none yet */
    double seconds; /* since the last change, as are the completions: for the log alone */
    double held_seconds;
    int64_t samples;
    int32_t held_completions; /* of samples that were put off */
    int32_t completions;
    int32_t threads;  /* as the last change left them */
    int32_t interval; /* ms, as drawn last */
    struct hill_climbing_figures figures;
    double ring[]; /* throughputs of the newest samples, then their thread counts */
};

/* Knobs as the runtime has them. */
struct hill_climbing_settings hill_climbing_preset(enum hill_climbing_flavour flavour);

/* Whether every knob, and the history, is within its bounds; all else takes settings of which this is true. */
bool hill_climbing_accepts(const struct hill_climbing_settings *settings);

/* Bytes of the state. */
size_t hill_climbing_size(const struct hill_climbing_settings *settings);

/* Begins, with one draw. */
void hill_climbing_init(struct hill_climbing *state, const struct hill_climbing_settings *settings,
                        const struct hill_climbing_source *source);

/* One sample. O(history): at most two draws. */
struct hill_climbing_advice hill_climbing_update(struct hill_climbing *state,
                                                 const struct hill_climbing_settings *settings,
                                                 const struct hill_climbing_sample *sample,
                                                 const struct hill_climbing_source *source);

/* A count that others have set. */
struct hill_climbing_order {
    int32_t threads;
    enum hill_climbing_transition why;
};

/* Takes the count over, with a draw unless the reason is cooperative blocking. If it is the count already,
 * nothing changes. */
struct hill_climbing_advice hill_climbing_force(struct hill_climbing *state,
                                                const struct hill_climbing_settings *settings,
                                                const struct hill_climbing_order *order,
                                                const struct hill_climbing_source *source);

/* The seconds of a sample. */
double hill_climbing_seconds(sim_span span);

/* The generator of the native pool: Knuth's subtractive one, as the classic System.Random has it. */
struct hill_climbing_generator {
    int32_t table[56];
    int32_t at, behind;
};

int32_t hill_climbing_seed(uint32_t clr_instance, uint32_t process);
void hill_climbing_generator_init(struct hill_climbing_generator *generator, int32_t seed);

/* The draw of a source whose state is a generator. */
int32_t hill_climbing_generator_draw(void *generator, int32_t least, int32_t above);

/* What hill climbing reckons with, here for tests. From + - * / alone in two-part numbers of 106 bits, then
 * rounded once: right to the last bit but where the exact value lies within 2^-35 ulp of a middle.
 * The angle is from 0 to 8. The base is from 0 to 1, the exponent at least 0; powers below 2^-1022 are
 * rounded twice. The root is rounded as IEEE 754 demands. */
double hill_climbing_sine(double angle);
double hill_climbing_cosine(double angle);
double hill_climbing_power(double base, double exponent);
double hill_climbing_root(double square);

#endif
