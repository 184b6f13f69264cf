/*
 * Ground truth for load drivers: an HTTP/1.1 server that takes a set time for each request and records, request by
 * request, when the kernel received it and when the answer was written. What a driver reports is held against that.
 *
 * One thread, one epoll loop. A request is due at the instant it was read plus the service time; several can be due at
 * once, on different connections. The loop sleeps until SPIN_NS before the next due instant and polls from there on.
 *
 * Arrival: the kernel's receive timestamp of the segment with the request's last byte (SO_TIMESTAMPNS, handed over by
 * recvmsg since Linux 4.14, CLOCK_REALTIME). It lies before any wait in the socket's buffer, so a frozen server cannot
 * hide what its clients saw. Pipelining is refused: requests that share a segment would share a timestamp.
 *
 * Usage: server --port P --service-us S --bytes N [--freeze-us F --freeze-every-us E] --record FILE
 * The record's format stands in record.h. Prints "port N" once it listens. SIGTERM or GET /__stop: writes the record, exits 0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "record.h"

/* An answer has to fit the socket's send buffer whole. */
enum { MAX_FD = 4096, REQUEST_BYTES = 64 * 1024, MAX_ANSWER_BYTES = 100 * 1000, SPIN_NS = 60 * 1000, EVENTS = 64 };
#define NEVER INT64_MAX

struct connection {
  int64_t arrival_ns; /* CLOCK_REALTIME; 0: the kernel gave no timestamp */
  int64_t due_ns;     /* CLOCK_MONOTONIC */
  size_t length;      /* bytes in `request` */
  size_t complete;    /* bytes of the request being answered; 0: none */
  bool closing;       /* nothing more is read: the pending answer is the last */
  char request[REQUEST_BYTES];
};

static int64_t service_ns, freeze_ns, freeze_every_ns, next_freeze_ns = NEVER;
static struct connection *connections[MAX_FD];
/* The service time is the same for all, so the order of reading is the order of being due. One slot per connection. */
static int due_ring[MAX_FD];
static size_t due_head, due_count;
static struct record record;
static char *answer;
static size_t answer_length;
static unsigned long freezes;
static int epoll_fd;
static bool stopping;

static int64_t nanoseconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct timespec as_timespec(int64_t ns) {
  return (struct timespec){.tv_sec = ns / 1000000000LL, .tv_nsec = ns % 1000000000LL};
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

static void drop(int fd) {
  free(connections[fd]);
  connections[fd] = NULL;
  close(fd);
}

/* Length of the first whole request in the buffer, 0 while it is not whole; more than the buffer holds is never whole. */
static size_t whole_request(const struct connection *c) {
  const char *end = memmem(c->request, c->length, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t whole = (size_t)(end - c->request) + 4;
  const char *line = c->request;
  while (line < end) {
    if (strncasecmp(line, "content-length:", 15) == 0) whole += strtoul(line + 15, NULL, 10);
    line = (const char *)memmem(line, (size_t)(end + 2 - line), "\r\n", 2) + 2;
  }
  return whole <= c->length ? whole : 0;
}

static void refuse(int fd, const char *why) {
  fprintf(stderr, "a connection was closed: %s\n", why);
  drop(fd);
}

static void send_answer(int fd) {
  struct connection *c = connections[fd];
  ssize_t n = send(fd, answer, answer_length, MSG_NOSIGNAL);
  int64_t write_ns = nanoseconds(CLOCK_REALTIME);
  if (n >= 0 && (size_t)n < answer_length) return refuse(fd, "an answer did not fit the send buffer");
  if (n < 0) return refuse(fd, strerror(errno));
  if (memcmp(c->request, "GET /__stop ", 12) == 0) stopping = true;
  else keep(&record, (struct served){c->arrival_ns, write_ns});
  if (c->length > c->complete) return refuse(fd, "a second request came before the answer to the first");
  if (c->closing) return drop(fd);
  c->length = c->complete = 0;
}

static void read_request(int fd) {
  struct connection *c = connections[fd];
  char control[256];
  struct iovec into = {c->request + c->length, REQUEST_BYTES - c->length};
  struct msghdr message = {.msg_iov = &into, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t n = recvmsg(fd, &message, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) c->length += (size_t)n;
  if (c->complete > 0) { /* the peer's end, or bytes ahead of the answer: neither leads to another request */
    c->closing = true;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    return;
  }
  if (n <= 0) return drop(fd);
  c->arrival_ns = 0;
  for (struct cmsghdr *m = CMSG_FIRSTHDR(&message); m; m = CMSG_NXTHDR(&message, m)) {
    if (m->cmsg_level != SOL_SOCKET || m->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec t;
    memcpy(&t, CMSG_DATA(m), sizeof t);
    c->arrival_ns = t.tv_sec * 1000000000LL + t.tv_nsec;
  }
  c->complete = whole_request(c);
  if (c->complete == 0 && c->length == REQUEST_BYTES) return refuse(fd, "a request is longer than the buffer");
  if (c->complete == 0) return;
  if (service_ns == 0) return send_answer(fd);
  c->due_ns = nanoseconds(CLOCK_MONOTONIC) + service_ns;
  due_ring[(due_head + due_count++) % MAX_FD] = fd;
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    int on = 1, buffer = 2 * MAX_ANSWER_BYTES;
    if (fd >= MAX_FD || !(connections[fd] = calloc(1, sizeof(struct connection)))) {
      fprintf(stderr, "more than %d connections\n", MAX_FD);
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    watch(fd);
  }
}

static void answer_due(void) {
  while (due_count > 0) {
    int fd = due_ring[due_head];
    if (connections[fd]->due_ns > nanoseconds(CLOCK_MONOTONIC)) return;
    due_head = (due_head + 1) % MAX_FD;
    due_count--;
    send_answer(fd);
  }
}

/* Freezes begin at fixed instants, and end at fixed instants however late the loop noticed the beginning. */
static void freeze_if_time(void) {
  if (nanoseconds(CLOCK_MONOTONIC) < next_freeze_ns) return;
  struct timespec until = as_timespec(next_freeze_ns + freeze_ns);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) continue;
  freezes++;
  next_freeze_ns += freeze_every_ns;
}

static void serve(int listener, int timer, int signals) {
  struct epoll_event events[EVENTS];
  int64_t armed_ns = NEVER;
  while (!stopping) {
    freeze_if_time();
    answer_due();
    int64_t wake_ns = due_count > 0 ? connections[due_ring[due_head]]->due_ns - SPIN_NS : NEVER;
    if (next_freeze_ns < wake_ns) wake_ns = next_freeze_ns;
    bool spin = wake_ns <= nanoseconds(CLOCK_MONOTONIC);
    if (!spin && wake_ns != armed_ns) {
      /* A zero time disarms. The timer is armed at absolute instants and, unlike a timeout, has no slack. */
      struct itimerspec at = {.it_value = as_timespec(wake_ns == NEVER ? 0 : wake_ns)};
      if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL) != 0) fail("timerfd_settime");
      armed_ns = wake_ns;
    }
    int n = epoll_wait(epoll_fd, events, EVENTS, spin ? 0 : -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      uint64_t expirations;
      if (fd == listener) accept_all(listener);
      else if (fd == signals) stopping = true;
      else if (fd == timer) armed_ns = read(timer, &expirations, sizeof expirations) > 0 ? NEVER : armed_ns;
      else read_request(fd);
    }
  }
}

static int listen_on(uint16_t port) {
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  /* Accepted sockets inherit it: no request can come before its timestamp is asked for. */
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) fail("SO_TIMESTAMPNS");
  if (bind(fd, (struct sockaddr *)&address, length) != 0) fail("bind");
  if (listen(fd, 1024) != 0) fail("listen");
  getsockname(fd, (struct sockaddr *)&address, &length);
  /* The kernel switches time stamping on from a work queue, a moment after it was asked to. */
  nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void build_answer(long bytes) {
  answer = malloc(128 + (size_t)bytes);
  if (!answer) fail("malloc");
  int head = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %ld\r\n\r\n", bytes);
  memset(answer + head, 'x', (size_t)bytes);
  answer_length = (size_t)head + (size_t)bytes;
}

int main(int count, char **arguments) {
  static const struct option options[] = {
      {"port", 1, 0, 'p'},      {"service-us", 1, 0, 's'},      {"bytes", 1, 0, 'b'},
      {"freeze-us", 1, 0, 'f'}, {"freeze-every-us", 1, 0, 'e'}, {"record", 1, 0, 'r'}, {0}};
  long port = 0, bytes = 0;
  const char *path = NULL;
  for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
    if (option == '?') return 2;
    char *end = "";
    long number = option == 'r' ? 0 : strtol(optarg, &end, 10);
    if (*end != '\0' || number < 0) {
      fprintf(stderr, "not a number: %s\n", optarg);
      return 2;
    }
    if (option == 'p') port = number;
    if (option == 's') service_ns = number * 1000;
    if (option == 'b') bytes = number;
    if (option == 'f') freeze_ns = number * 1000;
    if (option == 'e') freeze_every_ns = number * 1000;
    if (option == 'r') path = optarg;
  }
  if (!path || bytes > MAX_ANSWER_BYTES || freeze_ns > freeze_every_ns) {
    fprintf(stderr, "--record FILE is needed, --bytes up to %d, --freeze-us up to --freeze-every-us\n", MAX_ANSWER_BYTES);
    return 2;
  }
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, NULL);
  prctl(PR_SET_PDEATHSIG, SIGTERM); /* the server never outlives the program that started it */
  build_answer(bytes);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  int signals = signalfd(-1, &set, SFD_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  int listener = listen_on((uint16_t)port);
  if (freeze_ns > 0) next_freeze_ns = nanoseconds(CLOCK_MONOTONIC) + freeze_every_ns;
  watch(signals);
  watch(timer);
  watch(listener);
  serve(listener, timer, signals);
  write_record(&record, path, freezes);
  return 0;
}
