/* Of hiredis only the reply parser: sockets, time and memory stay on the Swift side. */
#include <hiredis/read.h>

/* Swift's Glibc module leaves these two headers out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* prctl is variadic, which Swift cannot call. Linux keeps the first 15 bytes. */
#include <sys/prctl.h>
static inline void redis_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
