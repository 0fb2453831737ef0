/* SPDX-License-Identifier: Apache-2.0 */
/* The plan: a scenario compiled. Read-only while runs use it; shared by runs, threads and snapshots.
 *
 * Everything is an array addressed by number. Whoever compiles appends with plan_add and fills in what it
 * was given; when memory is out plan_add sets `out_of_memory` and answers 0, which every array can take,
 * so that the compiler asks once, at the end. */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/policy/dispatch.h"
#include "model/policy/pool.h"
#include "model/reference.h"
#include "model/verb.h"
#include "sim/allocator.h"
#include "sim/formula.h"
#include "sim/time.h"
#include "sim/value.h"

/* An operand that the scenario does not give. */
#define OPERAND_ABSENT UINT32_MAX

/* Pools are told how busy the processors are, not a share that the scenario gives. */
#define CPU_UTILIZATION_MEASURED UINT32_MAX

/* Nothing of its kind: no procedure, no text. */
#define PLAN_NONE UINT32_MAX

/* Objects of the plan that name what is each pool's, from its `made` on: its threads, by type, and then what it has
 * registered. */
#define PLAN_NAME_OF_REGISTERED THREAD_TYPE_COUNT
#define PLAN_NAME_OF_PORT (THREAD_TYPE_COUNT + 1)
#define PLAN_NAMES_OF_POOL (THREAD_TYPE_COUNT + 2)

/* The shapes of a step's code and of a declaration, one word an operand, from their tables. */
#define ARGUMENT(member, word, kind, what) uint32_t member;
#define NO_ARGUMENTS
#define VERB(name, subject, results, nature, function, what, arguments)                            \
    struct name##_operands {                                                                       \
        uint32_t object;                                                                           \
        arguments                                                                                  \
    };
#define TABLE(noun, object, table, what, arguments)                                                \
    struct noun##_attributes {                                                                     \
        arguments                                                                                  \
    };
#include "model/attribute.def"
#include "model/verb.def"
#undef TABLE
#undef VERB
#undef NO_ARGUMENTS
#undef ARGUMENT

/* An expression, or what stands for one. Operands of most kinds are numbers of these. */
struct plan_formula {
    enum { FORMULA_IS_CONSTANT, FORMULA_IS_CODE, FORMULA_IS_DISTRIBUTION } form;
    uint32_t first, count; /* words of `word`; a distribution: `first` is its number */
    struct value constant;
};

enum distribution_form {
    DISTRIBUTION_UNIFORM,     /* a, b */
    DISTRIBUTION_EXPONENTIAL, /* mean */
    DISTRIBUTION_ERLANG,      /* k, mean */
    DISTRIBUTION_LOGNORMAL,   /* p50, p99 */
    DISTRIBUTION_EMPIRICAL,   /* values */
    DISTRIBUTION_MIXED,       /* weight, value, weight, value ... */
    DISTRIBUTION_BETWEEN,     /* a, b */
    DISTRIBUTION_CYCLE,       /* values */
};

struct plan_distribution {
    enum distribution_form form;
    uint32_t first, count; /* formulas, by `list` */
    uint32_t counter;      /* which draw counter a cycle and a thread-less draw use */
    uint64_t stream;       /* key of its stream */
};

/* What `let`, `as` and the makers bind. */
enum target_form {
    TARGET_LOCAL,            /* slot of the frame */
    TARGET_LOCAL_ARRAY,      /* slot of the length; room elements follow */
    TARGET_LOCAL_ELEMENT,    /* the same, one element */
    TARGET_VARIABLE,         /* slot among variables */
    TARGET_VARIABLE_ELEMENT, /* number of the declaration; index */
    TARGET_VARIABLE_ARRAY,   /* number of the declaration */
    TARGET_OBJECT,           /* a declared object: a maker makes it */
    TARGET_OBJECT_ELEMENT,   /* one element of a declared array */
};

struct plan_target {
    enum target_form form;
    uint32_t slot;   /* or number of the declaration */
    uint32_t room;   /* elements that fit */
    uint32_t index;  /* formula; OPERAND_ABSENT */
    uint32_t name;   /* text: what the scenario calls it */
    uint32_t made;   /* makers: declaration under which a new object is named */
};

/* One assignment: of a let to its target, of a with to a local of the new frame. */
struct plan_binding {
    uint32_t target; /* number of a plan_target; of a with: slot */
    uint32_t formula;
};

/* A stretch of another array. */
struct plan_span {
    uint32_t first, count;
};

/* One piece of a text: words, or an expression in braces. */
struct plan_piece {
    uint32_t text;    /* PLAN_NONE: an expression */
    uint32_t formula;
};

/* One declaration, or one name that makers use. */
struct plan_object {
    enum object_kind kind;
    uint32_t name;       /* text */
    uint32_t first_slot; /* slots count within the kind */
    uint32_t count;      /* 0: not declared, but made at run time */
    uint32_t from;       /* the first index */
    uint32_t attributes; /* first word in `attribute`; OPERAND_ABSENT */
    uint32_t value;      /* variables: formula of the first value; OPERAND_ABSENT */
    uint32_t made;       /* pools: the object that names the threads of the first element; the others' follow */
    bool is_array, later;
    uint8_t given;       /* pools: a sum of enum pool_gives */
};

/* Limits that a pool's declaration gives itself. */
enum pool_gives {
    POOL_GIVES_MIN_WORKERS = 1,
    POOL_GIVES_MAX_WORKERS = 2,
};

enum arrival_form {
    ARRIVAL_EVERY,   /* the first at `starts`, then a gap between one and the next */
    ARRIVAL_POISSON, /* a gap before the first, too */
    ARRIVAL_AT_ONCE,
    ARRIVAL_TIMES,
    ARRIVAL_CLIENTS,
    ARRIVAL_FILE,
};

/* No limit to the number of items. */
#define LOAD_WITHOUT_END UINT64_MAX

/* One source of work. */
struct plan_load {
    uint32_t object;             /* number of its declaration */
    enum arrival_form arrive;
    uint32_t gap;                /* every, poisson: formula; clients: what they think */
    uint32_t clients;
    uint32_t first_time, times;  /* times: a stretch of `instant` */
    uint32_t path;               /* file: text */
    uint32_t runs, with;         /* `with` binds the index too */
    uint32_t on;                 /* the pool whose work items they are; 0: each runs on a thread of its own */
    uint64_t count;              /* items at most; LOAD_WITHOUT_END */
    sim_time starts, ends, measure_from;
    uint64_t key;                /* of the draws of its items and clients */
    bool is_finished_by_step;    /* else an item ends with its first procedure */
};

struct plan_procedure {
    uint32_t name;   /* text: its name, or its JSON pointer */
    uint32_t start;  /* word of `code` */
    uint32_t locals; /* slots of a frame: named ones and the loops' counters */
};

/* The process of what names none. */
#define PROCESS_OF_ALL_OTHERS "default"

/* A process that something names. */
struct plan_process {
    uint32_t name;     /* text */
    uint32_t ended_at; /* where it is first ended, for the loader */
    bool has_members;
};

/* Every array of the plan: element type and name. plan.c and the inline functions are made from it. */
#define PLAN_ARRAYS(ARRAY)                                                                         \
    ARRAY(char, byte)                                                                              \
    ARRAY(uint32_t, text)      /* offset of a text in `byte`, which ends with a NUL */             \
    ARRAY(uint32_t, text_slot) /* hash table over texts, built as they are added */                \
    ARRAY(uint32_t, word)      /* code of formulas */                                              \
    ARRAY(struct value, constant)                                                                  \
    ARRAY(struct plan_formula, formula)                                                            \
    ARRAY(struct plan_distribution, distribution)                                                  \
    ARRAY(uint32_t, list) /* numbers of formulas, where an operand is several */                   \
    ARRAY(struct plan_span, span) /* lists of `list`, bindings or pieces, as operands */           \
    ARRAY(struct plan_target, target)                                                              \
    ARRAY(struct plan_binding, binding)                                                            \
    ARRAY(struct plan_piece, piece)                                                                \
    ARRAY(struct plan_object, object)                                                              \
    ARRAY(uint32_t, attribute)                                                                     \
    ARRAY(struct plan_process, process) /* the first: of what names none */                        \
    ARRAY(struct plan_load, load)                                                                  \
    ARRAY(sim_time, instant) /* of loads, ascending */                                             \
    ARRAY(struct plan_procedure, procedure)                                                        \
    ARRAY(uint32_t, code)

struct plan {
    struct sim_allocator allocator;
    bool out_of_memory;
#define ARRAY(type, name)                                                                          \
    type *name;                                                                                    \
    uint32_t name##_count, name##_room;
    PLAN_ARRAYS(ARRAY)
#undef ARRAY
    /* Declarations of one kind stand together. */
    uint32_t first_object[OBJECT_KIND_COUNT], object_count_of[OBJECT_KIND_COUNT];
    uint32_t declared[OBJECT_KIND_COUNT]; /* slots */
    /* The machine. */
    uint32_t processors;
    enum dispatch dispatch;
    struct dispatch_constants constants;
    sim_span tick;               /* 0: none */
    sim_span thread_create_cost; /* of workers and completion-port threads, to their creator */
    uint32_t cpu_utilization;    /* percent that pools are told; CPU_UTILIZATION_MEASURED */
    uint64_t livelock_after;
    bool release_is_xp; /* machine.release: windows-xp */
    bool kernel_apc_requeues; /* after a kernel APC a wait counts as begun anew */
    bool main_is_implied; /* no threads are declared: the end of the one that there is ends no run */
    bool load_is_first; /* its table stands before that of the threads */
    uint64_t seed;
    sim_time until;
    uint32_t locals_most; /* of any procedure */
    uint32_t counters;    /* draw counters that distributions use */
};

void plan_init(struct plan *plan, struct sim_allocator allocator);
void plan_release(struct plan *plan);

/* Appends `count` zeroed elements to one array; the number of the first. O(1) amortised. */
#define ARRAY(type, name) uint32_t plan_add_##name(struct plan *plan, uint32_t count);
PLAN_ARRAYS(ARRAY)
#undef ARRAY

/* The number of a text, the same for the same bytes. O(length). */
uint32_t plan_intern(struct plan *plan, const char *bytes, size_t length);

/* The bytes of a text, which end with a NUL. */
static inline const char *plan_text(const struct plan *plan, uint32_t text)
{
    return plan->byte + plan->text[text];
}

/* A formula that is a constant; its number. */
uint32_t plan_add_constant_formula(struct plan *plan, struct value value);

/* The declaration that holds an object's slot; NULL for one made at run time, and for none. O(log declarations). */
const struct plan_object *plan_object_of(const struct plan *plan, reference object);

/* The attributes of a declaration as the structure of its kind. */
#define PLAN_ATTRIBUTES(plan, noun, declaration)                                                   \
    ((const struct noun##_attributes *)(const void *)((plan)->attribute + (declaration)->attributes))

static inline struct formula_code plan_code(const struct plan *plan,
                                            const struct plan_formula *formula)
{
    return (struct formula_code){plan->word + formula->first, formula->count, plan->constant};
}

#endif
