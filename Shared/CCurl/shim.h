#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Swift's Glibc module leaves these two headers out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <linux/aio_abi.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Only what Swift cannot say: curl_easy_setopt, curl_multi_setopt and curl_easy_getinfo are
   variadic, so each argument type that the project passes has one typed wrapper. */

/* Shape of both CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION. */
typedef size_t (*ccurl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_receive(CURL *easy, CURLoption option, ccurl_receive value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline void ccurl_multi_set_watch(CURLM *multi, curl_socket_callback socket, curl_multi_timer_callback timer, void *context) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}
/* A macro of a macro, which Swift does not see. */
static const curl_socket_t ccurl_socket_timeout = CURL_SOCKET_TIMEOUT;

/* Microseconds until the connection stood; 0 when it never did. */
static inline curl_off_t ccurl_connect_time(CURL *easy) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &microseconds);
    return microseconds;
}
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}

/* Says whether a transfer may connect to an address of 4 or 16 bytes (0: of another family). */
typedef int (*ccurl_admits)(const void *context, const unsigned char *address, size_t length);
/* Told of a socket after it was opened. */
typedef void (*ccurl_opened)(void *watch, curl_socket_t socket);
struct ccurl_gate {
    ccurl_admits admits;
    const void *context;
    ccurl_opened opened;
    void *watch;
};

/* libcurl's own sockets are inherited by every process that is started meanwhile, which then keeps
   the connection open after we closed it. A C function, since the type of the address is C's. It sees
   the very address that is connected to, after the name was looked up: what is refused here cannot be
   reached by a name that changes its mind. */
static curl_socket_t ccurl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    const struct ccurl_gate *gate = (const struct ccurl_gate *)context;
    (void)purpose;
    if (gate && gate->admits) {
        const unsigned char *bytes = (const unsigned char *)"";
        size_t length = 0;
        if (address->family == AF_INET) {
            bytes = (const unsigned char *)&((const struct sockaddr_in *)&address->addr)->sin_addr;
            length = 4;
        } else if (address->family == AF_INET6) {
            bytes = (const unsigned char *)&((const struct sockaddr_in6 *)&address->addr)->sin6_addr;
            length = 16;
        }
        if (!gate->admits(gate->context, bytes, length)) return CURL_SOCKET_BAD;
    }
    curl_socket_t opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (opened != CURL_SOCKET_BAD && gate && gate->opened) gate->opened(gate->watch, opened);
    return opened;
}
static inline CURLcode ccurl_set_open_socket(CURL *easy, const struct ccurl_gate *gate) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, gate);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, ccurl_open_socket) : code;
}
/* `closes` is told instead of the socket being closed. */
static inline CURLcode ccurl_set_close_socket(CURL *easy, curl_closesocket_callback closes, void *watch) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, watch);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, closes) : code;
}

/* The kernel's own asynchronous poll (io_submit(2), IOCB_CMD_POLL), for which libc has no functions: `event`, an event
   descriptor, is written to once when `watched` can be read. Another event loop can wait for that, which cannot wait for
   an epoll instance: it reads from what is ready, and an epoll instance cannot be read. */
static inline aio_context_t ccurl_notice_open(void) {
    aio_context_t context = 0;
    return syscall(SYS_io_setup, 8, &context) == 0 ? context : 0;
}
/* 1 when `event` will be written to. Only one notice at a time: the one before has come. */
static inline int ccurl_notice_ask(aio_context_t context, int watched, int event) {
    struct io_event done[8];
    struct timespec at_once = {0, 0};
    struct iocb block, *blocks[1] = {&block};
    syscall(SYS_io_getevents, context, 0, 8, done, &at_once);
    memset(&block, 0, sizeof block);
    block.aio_lio_opcode = IOCB_CMD_POLL;
    block.aio_fildes = (__u32)watched;
    block.aio_buf = POLLIN;
    block.aio_flags = IOCB_FLAG_RESFD;
    block.aio_resfd = (__u32)event;
    return syscall(SYS_io_submit, context, 1, blocks) == 1;
}
static inline void ccurl_notice_close(aio_context_t context) { syscall(SYS_io_destroy, context); }
