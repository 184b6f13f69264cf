/*
 * The fastest answer that one core gives: an HTTP/1.1 server that records nothing, so that what limits a measurement is
 * the load driver. One thread, one epoll loop, one fixed answer, an own buffer for each connection.
 *
 * Usage: fast --bytes N. Prints "port N" once it listens on 127.0.0.1. SIGTERM ends it.
 * Requests are told apart by the empty line that ends a head; a request with a body is not understood.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

enum { MAX_FD = 16384, REQUEST_BYTES = 4096, EVENTS = 256, MAX_ANSWER_BYTES = 100 * 1000, MAX_AT_ONCE = 64 };

struct connection {
  size_t length;
  char request[REQUEST_BYTES];
};

static struct connection *connections[MAX_FD];
static char *answers; /* MAX_AT_ONCE answers in a row: pipelined requests are answered in one write */
static size_t answer_length;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void drop(int fd) {
  free(connections[fd]);
  connections[fd] = NULL;
  close(fd);
}

static void accept_all(int listener, int epoll) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EAGAIN || errno == ECONNABORTED) return;
      fail("accept4");
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd >= MAX_FD || (connections[fd] = calloc(1, sizeof *connections[fd])) == NULL ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
      close(fd);
    }
  }
}

/* Whole requests at the start of what came; the rest moves to the front. */
static int take_requests(struct connection *connection) {
  int found = 0;
  char *from = connection->request, *end = from + connection->length;
  for (char *at; (at = memmem(from, end - from, "\r\n\r\n", 4)) != NULL; from = at + 4) found++;
  connection->length = end - from;
  memmove(connection->request, from, connection->length);
  return found;
}

static void serve(int fd) {
  struct connection *connection = connections[fd];
  ssize_t got = read(fd, connection->request + connection->length, REQUEST_BYTES - connection->length);
  if (got <= 0) {
    if (got < 0 && errno == EAGAIN) return;
    drop(fd);
    return;
  }
  connection->length += got;
  for (int left = take_requests(connection); left > 0;) {
    int now = left < MAX_AT_ONCE ? left : MAX_AT_ONCE;
    /* An answer that does not fit the send buffer would need a queue, which this server has no use for. */
    if (write(fd, answers, now * answer_length) != (ssize_t)(now * answer_length)) {
      drop(fd);
      return;
    }
    left -= now;
  }
  if (connection->length == REQUEST_BYTES) drop(fd);
}

static void make_answers(size_t bytes) {
  char head[128];
  int head_length = snprintf(head, sizeof head,
                             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", bytes);
  answer_length = head_length + bytes;
  answers = malloc(MAX_AT_ONCE * answer_length);
  if (answers == NULL) fail("malloc");
  for (int i = 0; i < MAX_AT_ONCE; i++) {
    memcpy(answers + i * answer_length, head, head_length);
    memset(answers + i * answer_length + head_length, 'x', bytes);
  }
}

int main(int argc, char **argv) {
  if (argc != 3 || strcmp(argv[1], "--bytes") != 0 || atol(argv[2]) < 0 || atol(argv[2]) > MAX_ANSWER_BYTES) {
    fprintf(stderr, "usage: fast --bytes 0..%d\n", MAX_ANSWER_BYTES);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  signal(SIGPIPE, SIG_IGN);
  make_answers(atol(argv[2]));
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) < 0) {
    fail("listen");
  }
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener) accept_all(listener, epoll);
      else serve(events[i].data.fd);
    }
  }
}
