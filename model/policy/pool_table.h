/* SPDX-License-Identifier: Apache-2.0 */
/* The table of pools: their words, their constants, and what a constant is without being said. The loader, the schema
 * and `help presets` read it; the mechanism (model/pool.c and its neighbours) knows no preset by name.
 *
 * A figure that is marked unverified rests on memory or on an open question, not on a source that says it. */
#ifndef MODEL_POLICY_POOL_TABLE_H
#define MODEL_POLICY_POOL_TABLE_H

#include "model/policy/dispatch.h"

/* POOL_PRESET(id, "word", policy, "what it is") */
#define POOL_PRESETS(POOL_PRESET)                                                                     \
    POOL_PRESET(FIXED, "fixed", &pool_fixed, "so many threads, made at the start; one queue, first in, first out") \
    POOL_PRESET(WIN32, "win32", &pool_win32,                                                          \
                "the thread pool of Windows Vista and later: as many threads run as there are processors (facts W1 to W16)") \
    POOL_PRESET(NETFX, "netfx", &pool_native_framework, ".NET Framework 4: workers, and completion-port threads that run callbacks") \
    POOL_PRESET(CORECLR_3, "coreclr-3", &pool_native,                                                 \
                "CoreCLR 2.1 to 3.1 and .NET 5: the same pool, but files continue on workers")        \
    POOL_PRESET(NET6, "net6", &pool_portable_6, ".NET 6: the workers of the portable pool")             \
    POOL_PRESET(NET8, "net8", &pool_portable_8, ".NET 8: the portable pool")                            \
    POOL_PRESET(NET10, "net10", &pool_portable, ".NET 10: the portable pool")                          \
    POOL_PRESET(CACHED, "cached", &pool_cached, "a thread is made whenever nobody waits for work that comes (fact J2)") \
    POOL_PRESET(UI, "ui", &pool_ui, "the context of a user interface: one thread, its message loop, runs what comes in turn") \
    POOL_PRESET(ASPNET, "aspnet", &pool_aspnet, "the context of a request of ASP.NET: one thread at a time runs what comes in turn") \
    POOL_PRESET(WINDOWS_POOL, "windows-pool", &pool_windows, ".NET 8 and later on the thread pool of Windows (fact CLR-22)")

/* A constant that is as many as the machine has processors. */
#define PER_PROCESSOR (UINT64_MAX - 1)

/* One that is eight times that, and 768 at least. */
#define EIGHT_PER_PROCESSOR (UINT64_MAX - 2)

/* Which presets have a constant, in the order of the table above. */
#define ONLY_FIXED(v) (v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)
#define WINDOWS(v) (LACKS, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, v)
#define ONLY_NETFX(v) (LACKS, LACKS, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)
#define NATIVE(v) (LACKS, LACKS, v, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)
#define PORTABLE(v) (LACKS, LACKS, LACKS, LACKS, v, v, v, LACKS, LACKS, LACKS, LACKS)
#define CLR(native, portable) (LACKS, LACKS, native, native, portable, portable, portable, LACKS, LACKS, LACKS, LACKS)
#define SINCE_8(v) (LACKS, LACKS, LACKS, LACKS, LACKS, v, v, LACKS, LACKS, LACKS, LACKS)
/* Whose completion ports are served by threads of the native pool (fact b6). */
#define COMPLETION_THREADS(v) (LACKS, LACKS, v, v, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)

/* POOL_CONSTANT(word, kind, least, presets, whether it is verified, "source", "what it is"). Times are in ns, shares in
 * millionths. */
#define POOL_CONSTANTS(POOL_CONSTANT)                                                                 \
    POOL_CONSTANT(threads, NUMBER, 1, ONLY_FIXED(PER_PROCESSOR), true, "the scenario's own choice",      \
                  "how many threads there are")                                                       \
    POOL_CONSTANT(min_workers, NUMBER, 0,                                                           \
                  (LACKS, 0, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, LACKS, LACKS, LACKS, \
                   LACKS), true, "CLR-20, 21; of win32, where they are made at the start and never leave, W7 and memory", \
                  "threads that are made without delay")                                              \
    POOL_CONSTANT(max_workers, NUMBER, 1, (LACKS, 500, 32767, 32767, 32767, 32767, 32767, 1 << 24, LACKS, LACKS, \
                  EIGHT_PER_PROCESSOR), true, \
                  "W8; CLR-20, 21: 1023 where addresses have 32 bits; J2: as many as a run may have; CLR-22", "the most workers") \
    POOL_CONSTANT(running_goal, NUMBER, 1, WINDOWS(PER_PROCESSOR), true, "W5, W10",                   \
                  "workers that should run; one that blocks does not count, one that spins does")     \
    POOL_CONSTANT(retry_timeout, SPAN, 1, WINDOWS(500000000), false,                                  \
                  "W4 names it; no source gives its length: the gate period of .NET stands in for it", \
                  "how long work waits, while workers block, until a thread is added, and then the next") \
    POOL_CONSTANT(worker_timeout, SPAN, 1,                                                               \
                  (LACKS, 10000000000, 20000000000, 20000000000, 20000000000, 20000000000, 20000000000, 60000000000, LACKS, \
                   20000000000, 10000000000), \
                  true, "W6; CLR-53; J2", "an idle worker leaves after so long")                                \
    POOL_CONSTANT(min_completion_threads, NUMBER, 0,                                                \
                  (LACKS, LACKS, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, 1, 1, LACKS, LACKS, LACKS, LACKS), true, "CLR-20, 21", \
                  "completion-port threads that are made without delay; portable: a number to be read") \
    POOL_CONSTANT(max_completion_threads, NUMBER, 1, CLR(1000, 1000), true, "CLR-20, 21",                \
                  "the most completion-port threads; portable: a number to be read")                  \
    POOL_CONSTANT(gate_period, SPAN, 1, CLR(500000000, 500000000), true, "CLR-60",                       \
                  "the gate looks after the pool so often")                                           \
    POOL_CONSTANT(gate_first_delay, SPAN, 0, CLR(500000000, 0), true, "CLR-60",                     \
                  "how long a new gate sleeps before its first period begins")                        \
    POOL_CONSTANT(gate_idle_rounds, NUMBER, 1, CLR(1, 2), true, "CLR-60",                                \
                  "rounds without a request after which the gate rests")                              \
    POOL_CONSTANT(starvation_detection, FLAG, 0, CLR(true, true), true, "CLR-65",                        \
                  "whether the gate adds threads when nothing is taken from the queues")              \
    POOL_CONSTANT(starvation_limit, SPAN, 1, CLR(500000000, 500000000), true, "CLR-62",                  \
                  "work that waits longer, while nothing is taken, starves")                          \
    POOL_CONSTANT(cpu_low, SHARE, 0, CLR(800000, 800000), true, "CLR-62, 71",                            \
                  "from this utilization on the pool grows slowly")                                   \
    POOL_CONSTANT(cpu_high, SHARE, 0, CLR(950000, 950000), true, "CLR-66",                               \
                  "above this utilization hill climbing goes no further up")                          \
    POOL_CONSTANT(cpu_sampling, SPAN, 0, PORTABLE(1000000), true, "CLR-61",                         \
                  "0: the gate does not look at the utilization, and takes it for 0")                 \
    POOL_CONSTANT(threads_to_keep_alive, NUMBER, 0, SINCE_8(0), true, "CLR-53",                     \
                  "so many workers, the first that came, never leave")                                \
    POOL_CONSTANT(completion_thread_timeout, SPAN, 1, COMPLETION_THREADS(15000000000), true, "CLR-72",   \
                  "an idle completion-port thread leaves after so long, unless it is the only one")   \
    POOL_CONSTANT(completion_thread_spacing, SPAN, 0, COMPLETION_THREADS(500000000), true, "CLR-71", \
                  "above the minimum a completion-port thread follows the last one no sooner")        \
    POOL_CONSTANT(retired_poll, SPAN, 1, COMPLETION_THREADS(5000000000), true, "CLR-73",                 \
                  "a retired completion-port thread looks so often whether its operations are over")  \
    POOL_CONSTANT(dispatch_quantum, SPAN, 1, CLR(30000000, 30000000), true, "CLR-45",                    \
                  "native: a worker that has dispatched so long asks for another and begins anew")    \
    POOL_CONSTANT(unmanaged_quantum, SPAN, 1, NATIVE(2000000), true, "CLR-45",                           \
                  "the same, of the queue of timers that fire")                                       \
    POOL_CONSTANT(io_quantum, SPAN, 1, SINCE_8(15000000), true, "CLR-46",                                \
                  "the item that handles completions goes on so long at most")                        \
    POOL_CONSTANT(poller_batch, NUMBER, 1, SINCE_8(1024), true, "CLR-46",                                \
                  "completions that a poller takes at once")                                          \
    POOL_CONSTANT(processors_per_poller, NUMBER, 1, SINCE_8(12), true, "CLR-76", "there is a poller for so many") \
    POOL_CONSTANT(processors_per_engine, NUMBER, 1, PORTABLE(30), true, "CLR-76",                        \
                  "on Linux: there is a socket engine for so many")                                   \
    POOL_CONSTANT(io_ports, NUMBER, 1, SINCE_8(1), true, "CLR-76", "completion ports that the pollers share") \
    POOL_CONSTANT(io_threads, NUMBER, 0, SINCE_8(0), true, "CLR-76",                                \
                  "pollers or engines; 0: as many as the processors ask for")                         \
    POOL_CONSTANT(inline_io_callbacks, FLAG, 0, SINCE_8(false), true, "CLR-5, 8",                        \
                  "whether completions are handled on the thread that dequeues them")                 \
    POOL_CONSTANT(inline_nesting_limit, NUMBER, 1, ONLY_NETFX(50), true, "CLR-7",                        \
                  "callbacks of System.Net that run inside each other")                               \
    POOL_CONSTANT(spin_limit, NUMBER, 0, CLR(70, 70), true, "CLR-55",                               \
                  "rounds of spinning before a worker parks; here they take no time")                 \
    POOL_CONSTANT(local_queue_size, NUMBER, 1, CLR(32, 32), true, "CLR-40",                              \
                  "room of a local queue at first; here a queue grows for nothing")                   \
    POOL_CONSTANT(assignable_queue_processors, NUMBER, 1, PORTABLE(32), true, "CLR-40",                  \
                  "with more, workers share further global queues; here there is one")                \
    POOL_CONSTANT(cooperative_blocking, FLAG, 0, PORTABLE(true), true, "CLR-80",                         \
                  "whether threads are added for workers that wait for tasks")                        \
    POOL_CONSTANT(threads_to_add_without_delay_factor, NUMBER, 0, PORTABLE(1), true, "CLR-83",      \
                  "times the processors: threads above the minimum that are added at once")           \
    POOL_CONSTANT(threads_per_delay_step_factor, NUMBER, 1, PORTABLE(1), true, "CLR-83",                 \
                  "times the processors: threads after which the delay grows by a step")              \
    POOL_CONSTANT(delay_step, SPAN, 1, PORTABLE(25000000), true, "CLR-83", "the delay's step")           \
    POOL_CONSTANT(max_delay, SPAN, 1, PORTABLE(250000000), true, "CLR-83", "the longest delay")          \
    POOL_CONSTANT(memory_guard, NUMBER, 0, PORTABLE(0), true, "CLR-84",                             \
                  "workers for which there is memory, when they are added for those that wait; 0: for all") \
    POOL_CONSTANT(wait_handles_per_thread, NUMBER, 1, CLR(64, 63), true, "CLR-93, 94",                   \
                  "registered waits of one wait thread")                                              \
    POOL_CONSTANT(short_timer_limit, SPAN, 1, CLR(333000000, 333000000), true, "CLR-90, 91b",            \
                  "timers that are due sooner stand in the short list of their queue")                \
    POOL_CONSTANT(timer_queues, NUMBER, 1, CLR(PER_PROCESSOR, PER_PROCESSOR), true, "CLR-90, 91b", "queues of timers") \
    POOL_CONSTANT(hill_climbing, FLAG, 0, CLR(true, true), true, "hill climbing, section 1",             \
                  "whether the throughput moves the number of threads")                               \
    POOL_CONSTANT(sample_interval_first, SPAN, 0, CLR(10000000, 0), true, "hill climbing, section 7", \
                  "how long the first sample takes at least")                                         \
    POOL_CONSTANT(hill_climbing_wave_period, NUMBER, 2, CLR(4, 4), true, "hill climbing, section 1",     \
                  "samples of one wave of the thread count")                                          \
    POOL_CONSTANT(hill_climbing_wave_history_size, NUMBER, 1, CLR(8, 8), true, "hill climbing, section 1", \
                  "waves that are looked back at")                                                    \
    POOL_CONSTANT(hill_climbing_max_wave_magnitude, NUMBER, 0, CLR(20, 20), true, "hill climbing, section 1", \
                  "threads that the wave adds, at most")                                              \
    POOL_CONSTANT(hill_climbing_wave_magnitude_multiplier, NUMBER, 0, CLR(100, 100), true,          \
                  "hill climbing, section 1", "percent: wave to noise")                               \
    POOL_CONSTANT(hill_climbing_bias, NUMBER, 0, CLR(15, 15), true, "hill climbing, section 1",     \
                  "percent: what a thread must bring")                                                \
    POOL_CONSTANT(hill_climbing_target_signal_to_noise_ratio, NUMBER, 0, CLR(300, 300), true,       \
                  "hill climbing, section 1", "percent: trusted fully")                               \
    POOL_CONSTANT(hill_climbing_max_change_per_second, NUMBER, 0, CLR(4, 4), true,                  \
                  "hill climbing, section 1", "threads")                                              \
    POOL_CONSTANT(hill_climbing_max_change_per_sample, NUMBER, 0, CLR(20, 20), true,                \
                  "hill climbing, section 1", "threads, upwards")                                     \
    POOL_CONSTANT(hill_climbing_sample_interval_low, NUMBER, 0, CLR(10, 10), true,                  \
                  "hill climbing, section 1", "ms")                                                   \
    POOL_CONSTANT(hill_climbing_sample_interval_high, NUMBER, 0, CLR(200, 200), true,               \
                  "hill climbing, section 1", "ms, drawn too")                                        \
    POOL_CONSTANT(hill_climbing_error_smoothing_factor, NUMBER, 0, CLR(1, 1), true,                 \
                  "hill climbing, section 1", "percent: newest error in the noise")                   \
    POOL_CONSTANT(hill_climbing_gain_exponent, NUMBER, 0, CLR(200, 200), true,                      \
                  "hill climbing, section 1", "percent: the power of a move")                         \
    POOL_CONSTANT(hill_climbing_max_sample_error_percent, NUMBER, 0, CLR(15, 15), true,             \
                  "hill climbing, section 1", "percent: beyond it, put off")                          \
    POOL_CONSTANT(system, SYSTEM, 0, PORTABLE(SYSTEM_IS_WINDOWS), true, "CLR-3 to 8, 76",                \
                  "windows or linux: who serves I/O, and whose clock rounds time-outs up")

/* The words of `system`. */
enum pool_system {
    SYSTEM_IS_WINDOWS,
    SYSTEM_IS_LINUX,
};

#endif
