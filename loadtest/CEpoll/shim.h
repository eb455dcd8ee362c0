#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>

// Swift sees neither sys/epoll.h nor functions with a variable number of arguments.

static inline int epoll_make(void) { return epoll_create1(EPOLL_CLOEXEC); }

/// Both directions, edge-triggered, for the life of the socket.
static inline int epoll_register(int epoll, int socket, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = token}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

/// The tokens of what happened within so many nanoseconds; at most `most`, no more than 256.
static inline int epoll_await(int epoll, uint64_t *tokens, int most, uint64_t nanoseconds) {
    struct epoll_event events[256];
    struct timespec limit = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
    int count = epoll_pwait2(epoll, events, most < 256 ? most : 256, &limit, NULL);
    for (int index = 0; index < count; index++) tokens[index] = events[index].data.u64;
    return count;
}

/// How late the timers of this thread may be; 50 µs without this.
static inline void set_timer_slack(unsigned long nanoseconds) { prctl(PR_SET_TIMERSLACK, nanoseconds); }
