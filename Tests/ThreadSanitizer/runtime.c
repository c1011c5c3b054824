// Tells the thread sanitizer of the order that the Swift runtime makes where nobody can see it: the runtime's libraries
// are not instrumented. Preloaded into the processes under test by scripts/tsan. No report is hidden: only an order that
// Swift guarantees is added, to be taken into account.
//
// 1. `Mutex` has its quick path inlined into the caller, which is instrumented. But when two threads meet, locking and
//    unlocking go on inside of libswiftSynchronization, by a futex.
// 2. The last owner of a storage may change it in place. Owners let go of it by `swift_release`, the last one finds out
//    by `isKnownUniquelyReferenced`; the count is kept inside of libswiftCore.
// 3. What comes before a continuation is resumed happens before the task goes on. The runtime says so itself, unless the
//    continuation is resumed before the task has begun to wait for it: then it tells half of it, of the resuming thread.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SWIFT_ASYNC __attribute__((swiftasynccall))
#define SELF __attribute__((swift_context))

// Absent in processes that are not under test, such as those that these start.
void __tsan_acquire(void *) __attribute__((weak));
void __tsan_release(void *) __attribute__((weak));

// What came before `released` happened before what follows `acquired`, for the same address.
static void released(void *address) {
    if (__tsan_release) __tsan_release(address);
}

static void acquired(void *address) {
    if (__tsan_acquire) __tsan_acquire(address);
}

static void *original(const char *symbol) {
    void *function = dlsym(RTLD_NEXT, symbol);
    if (!function) {
        fprintf(stderr, "%s is not in the Swift runtime any more\n", symbol);
        abort();
    }
    return function;
}

// Defines `name` in the place of a function of the runtime, and `real_name` to call that.
#define REPLACE(name, symbol)                    \
    name##_t name __asm__(symbol);               \
    static name##_t *real_##name(void) {         \
        static name##_t *function;               \
        if (!function) function = original(symbol); \
        return function;                         \
    }

// _MutexHandle._lockSlow(_: UInt32)
typedef SWIFT void lock_t(uint32_t thread, SELF void *handle);
REPLACE(lock, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF")

SWIFT void lock(uint32_t thread, SELF void *handle) {
    real_lock()(thread, handle);
    acquired(handle);
}

// _MutexHandle._tryLockSlow() -> Bool
typedef SWIFT bool try_lock_t(SELF void *handle);
REPLACE(try_lock, "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF")

SWIFT bool try_lock(SELF void *handle) {
    bool is_locked = real_try_lock()(handle);
    if (is_locked) acquired(handle);
    return is_locked;
}

// _MutexHandle._unlockSlow()
typedef SWIFT void unlock_t(SELF void *handle);
REPLACE(unlock, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF")

SWIFT void unlock(SELF void *handle) {
    released(handle);
    real_unlock()(handle);
}

typedef void swift_release_t(void *object);
REPLACE(swift_release, "swift_release")

void swift_release(void *object) {
    // Negative pointers and null stand for objects that are not counted.
    if ((intptr_t)object > 0) released(object);
    real_swift_release()(object);
}

// isKnownUniquelyReferenced<T: AnyObject>(_: inout T) -> Bool
typedef SWIFT bool is_unique_t(void **object, void *type);
REPLACE(is_unique, "$ss25isKnownUniquelyReferencedySbxzRlzClF")

SWIFT bool is_unique(void **object, void *type) {
    bool is_unique = real_is_unique()(object, type);
    if (is_unique) acquired(*object);
    return is_unique;
}

void *swift_task_getCurrent(void);

typedef SWIFT_ASYNC void continuation_await_t(void *context);
REPLACE(continuation_await, "swift_continuation_await")

SWIFT_ASYNC void continuation_await(void *context) {
    acquired(swift_task_getCurrent());
    __attribute__((musttail)) return real_continuation_await()(context);
}

// Called by the above when the continuation is resumed in the middle of it.
typedef void enter_context_t(char *token);
REPLACE(enter_context, "swift_task_enterThreadLocalContext")

void enter_context(char *token) {
    void *task = swift_task_getCurrent();
    if (task) acquired(task);
    real_enter_context()(token);
}
