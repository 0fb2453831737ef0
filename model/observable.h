/* SPDX-License-Identifier: Apache-2.0 */
/* What expressions read: the reads of sim/formula.h given meaning, and the observables of objects. */
#ifndef MODEL_OBSERVABLE_H
#define MODEL_OBSERVABLE_H

#include "model/reference.h"
#include "sim/value.h"

enum observable {
#define OBSERVABLE(kind, word, type, what) OBSERVABLE_##kind##_##word,
#include "model/observable.def"
#undef OBSERVABLE
};

enum {
    OBSERVABLE_COUNT = 0
#define OBSERVABLE(kind, word, type, what) +1
#include "model/observable.def"
#undef OBSERVABLE
};

/* Of each item of a load, what claims ask functions about. */
enum series {
#define SERIES(id, word, what) SERIES_##id,
#include "model/series.def"
#undef SERIES
};

enum {
    SERIES_COUNT = 0
#define SERIES(id, word, what) +1
#include "model/series.def"
#undef SERIES
};

const char *series_word(enum series series);
const char *series_what(enum series series);
/* The series of this word; SERIES_COUNT when there is none. */
uint32_t series_find(const char *word);

/* What a formula's read instruction reads; the comment names its argument and what it pops. */
enum read {
    READ_LOCAL,            /* slot of the frame */
    READ_LOCAL_ELEMENT,    /* slot that holds the length, elements behind it; pops the index */
    READ_RESULT,           /* one of enum result */
    READ_PACKET,           /* enum packet_field */
    READ_ME,               /* - */
    READ_NOW,              /* - */
    READ_VARIABLE,         /* slot among variables */
    READ_VARIABLE_ELEMENT, /* number of the declaration; pops the index */
    READ_ELEMENT,          /* number of the declaration; pops the index; gives a reference */
    READ_OBSERVABLE,       /* one of enum observable; pops the reference, whose kind the loader knows */
    READ_MEMBER,           /* number of a text, an observable's word; pops a reference of any kind */
    READ_CALLS,            /* number of the procedure: how often it was called */
    READ_RUNNING,          /* number of the procedure: how many frames of it are unfinished */
    READ_INDEX,            /* - : the element's index, in attributes */
    READ_SERIES,           /* one of enum series; pops the load: the argument of an aggregate, never evaluated */
    READ_AGGREGATE,        /* number of an aggregate of the claims: least, mean, change ... */
};

enum packet_field {
    PACKET_WHOLE, /* the packet itself, an operation; null outside callbacks */
    PACKET_OK,
    PACKET_ERROR,
    PACKET_BYTES,
    PACKET_KEY,
    PACKET_OPERATION,
    PACKET_HANDLE,
    PACKET_CALLBACK,
    PACKET_TIMED_OUT,
};

enum object_kind observable_kind(enum observable observable);
const char *observable_word(enum observable observable);
enum value_type observable_type(enum observable observable);
/* The observable of `kind` that is called `word`; OBSERVABLE_COUNT when there is none. */
uint32_t observable_find(enum object_kind kind, const char *word);

#endif
