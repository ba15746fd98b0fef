/* What a delivery costs at the least: send() of the same bytes to as many connections.

   Usage: sends CONNECTIONS. It prints the port it listens on; once all have connected, it takes
   lines "ROUNDS MICROSECONDS BYTES" from its standard input, sends every connection so many bytes
   in each round, a round every so many microseconds, and answers with the nanoseconds of
   processor time that one send() took, all included. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static void must(int good, const char *what) {
    if (!good) {
        perror(what);
        exit(1);
    }
}

static long long nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_until(long long moment) {
    struct timespec until = {moment / 1000000000LL, moment % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

static int listening(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    must(listener >= 0, "socket");
    must(bind(listener, (struct sockaddr *)&address, size) == 0, "bind");
    must(listen(listener, 4096) == 0, "listen");
    must(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 0, one = 1, rounds, pause, size;
    int listener = listening();
    int *connections = calloc(count + 1, sizeof *connections);
    must(connections != NULL, "calloc");
    for (int n = 0; n < count; n++) {
        connections[n] = accept(listener, NULL, NULL);
        must(connections[n] >= 0, "accept");
        must(setsockopt(connections[n], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0,
             "setsockopt");
    }
    while (scanf("%d %d %d", &rounds, &pause, &size) == 3) {
        char *data = calloc(1, size);
        must(data != NULL, "calloc");
        memset(data, 'x', size);
        long long next = nanoseconds(CLOCK_MONOTONIC);
        long long before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
        for (int round = 0; round < rounds; round++) {
            for (int n = 0; n < count; n++) {
                must(send(connections[n], data, size, MSG_NOSIGNAL) == size, "send");
            }
            sleep_until(next += pause * 1000LL);
        }
        long long spent = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before;
        printf("%lld\n", spent / rounds / count);
        fflush(stdout);
        free(data);
    }
    return 0;
}
