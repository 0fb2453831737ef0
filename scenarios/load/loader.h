/* SPDX-License-Identifier: Apache-2.0 */
/* What the passes of the loader share: names, parameters, procedures, and the ways to compile a place. */
#ifndef SCENARIOS_LOAD_LOADER_H
#define SCENARIOS_LOAD_LOADER_H

#include "scenarios/load/expression.h"
#include "scenarios/load/load.h"
#include "scenarios/load/shape.h"

/* A parameter with its effective value. */
struct parameter {
    const char *name;
    node_id declared; /* where the table has it */
    struct trace_parameter said;
    struct value value;
    bool is_used;
};

/* A local name of a procedure. */
struct local {
    const char *name;
    size_t length;
    uint32_t slot;
    uint32_t room; /* elements of an array; 0: a single value */
};

/* A procedure while it is compiled. */
struct routine {
    const char *name; /* NULL: a list in place */
    node_id steps;
    struct local *local;
    size_t local_count, local_room;
    uint32_t slots;
    bool uses_time[2]; /* time_check: whether some path can use time, wait or leave; and so for who calls it */
    bool is_asynchronous; /* it contains an await */
    uint32_t visited;  /* time_check: by the search that began at this procedure, plus 1 */
};

/* What a top-level name stands for. */
enum name_kind {
    NAME_NOTHING,
    NAME_PARAMETER,
    NAME_OBJECT,
    NAME_MACHINE,
};

struct named {
    const char *name;
    enum name_kind kind;
    uint32_t number; /* of the parameter or of the plan's object */
};

/* In which surroundings an expression stands. */
enum surroundings {
    IN_DECLARATION, /* parameters, objects, index */
    IN_PROCEDURE,   /* and locals, results, packet, me, now */
    IN_CLAIM,       /* objects, now, functions of the run so far */
};

struct loader {
    struct document *document;
    struct diagnostics *diagnostics;
    struct plan *plan;
    struct loaded *loaded;
    struct parameter *parameter;
    size_t parameter_count;
    struct named *named; /* hash table over top-level names */
    size_t named_room, named_count;
    struct routine *routine;
    size_t routine_count, routine_room;
    uint32_t *routine_of_node; /* number + 1 of the procedure that a list in place is */
    struct expression_output output;
    enum surroundings surroundings;
    struct routine *inside;      /* IN_PROCEDURE: whose locals are visible */
    uint32_t distribution_place; /* node of the distribution being compiled */
    bool out_of_memory;
};

/* Adds a mistake of class meaning at a value, or, with `at_key`, at its key. */
__attribute__((format(printf, 5, 6))) void
loader_mistake(struct loader *loader, node_id node, bool at_key, const char *hint, const char *format, ...);

/* Adds that there is no such parameter, with the nearest one or another hint (load.c). */
void loader_unknown_parameter(struct loader *loader, node_id node, bool at_key, const char *otherwise, const char *name);

/* Names (names.c). */
void names_declare(struct loader *loader);
/* The thread that there is without any: its name is main. */
void names_declare_main(struct loader *loader, uint32_t object);
const struct named *names_find(const struct loader *loader, const char *name, size_t length);
/* A value of a word place, "{parameter}" replaced; NULL after a mistake. */
const char *names_word(struct loader *loader, node_id node);
struct expression_scope names_scope(struct loader *loader);
/* The slot of a local; NULL when the procedure has none of that name. */
struct local *names_local(const struct routine *routine, const char *name, size_t length);
void names_add_local(struct loader *loader, struct routine *routine, const char *name, uint32_t room);
bool names_is_reserved(const char *name);

/* Whether a name has at most 100 bytes; a mistake is added when it has not. */
bool names_is_short(struct loader *loader, node_id node, const char *name);

/* Procedures (procedures.c): every list of steps is one; first all are gathered, with their locals. */
void procedures_gather(struct loader *loader);
void procedures_compile(struct loader *loader);
/* The number of the procedure at a place; PLAN_NONE after a mistake. */
uint32_t procedures_at(struct loader *loader, node_id place);

/* Loops and calls that can use no time are refused (time_check.c). */
void time_check(struct loader *loader);

/* The machine (machine.c). */
void machine_compile(struct loader *loader);

/* Processes (processes.c): the number of the one that a word names, or ends; whether those that are ended have
 * anything in them. */
void processes_begin(struct loader *loader);
uint32_t processes_place(struct loader *loader, node_id node, bool ends);
void processes_check(struct loader *loader);

/* Places (places.c): a value of the file to an operand. OPERAND_ABSENT after a mistake. */
uint32_t place_compile(struct loader *loader, node_id node, enum shape shape);
/* An expression with the type that is wanted; VALUE_ANY for any. */
struct place_wanted {
    enum value_type type;
    enum object_kind kind; /* of references */
    const char *what;
};
bool place_expression(struct loader *loader, node_id node, struct place_wanted wanted, struct expression *result);
/* A constant; false after a mistake. */
bool place_constant(struct loader *loader, node_id node, enum shape shape, struct value *value);
/* An object that is known before the run, or null; false after a mistake. */
bool place_object(struct loader *loader, node_id node, enum shape shape, struct value *value);
/* Bindings of a `with`, to locals of `routine`. */
uint32_t place_with(struct loader *loader, node_id node, uint32_t routine);
/* The same, and the number of the element or item, where the procedure has a local of that name. */
uint32_t place_with_index(struct loader *loader, node_id node, uint32_t routine);
uint32_t place_formula(struct loader *loader, const struct expression *expression);
uint32_t place_text(struct loader *loader, const char *text, node_id node);
uint32_t place_pointer(struct loader *loader, node_id node);
/* The stream of a distribution at `node`: the word given there, or the pointer of its place. */
uint64_t place_stream(struct loader *loader, node_id node);
/* A span of the plan's lists, from `first` to `end`. */
uint32_t place_span(struct loader *loader, uint32_t first, uint32_t end);

/* Loads (loads.c). */
void loads_compile(struct loader *loader);
/* A step finishes items of the load that its operand names. */
void loads_note_finish(struct loader *loader, uint32_t operand);

/* Devices (devices.c). A chance: a draw that is 1 in so many of a million, else 0. */
uint32_t device_chance(struct loader *loader, node_id node);
uint32_t device_faults(struct loader *loader, node_id node);
/* What a device's preset says where its declaration, which stands at `node`, says nothing. */
void device_preset(struct loader *loader, node_id node, struct device_attributes *attributes);

/* Pools (pools.c): what the preset of one, declared at `node`, says where the declaration says nothing, and the names
 * of its threads. */
void pools_compile(struct loader *loader, node_id node, uint32_t object);
/* What an `estimate` claims (estimates.c); its functions of the run so far are those from `first_aggregate` on. */
void estimate_compile(struct loader *loader, node_id node, struct claim *claim, size_t first_aggregate);

/* Claims (claims.c). */
bool claims_aggregate(void *context, const char *function, const struct expression_functions *call, const char **message);
void claims_compile(struct loader *loader);
/* The results that a step must give. */
void claims_gives(struct loader *loader, node_id gives, uint32_t step, enum verb verb);

#endif
