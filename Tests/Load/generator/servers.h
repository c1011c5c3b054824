// What the servers under test use: CPU time and memory of their processes, out of /proc.
#pragma once
#include <stdint.h>

typedef struct {
    int process;
    uint64_t cpu;               // nanoseconds within the measured time, of all threads
    double user, system;        // seconds of it, as precise as the kernel's ticks
    uint64_t connecting;        // nanoseconds from the start to the last session being ready
    uint64_t before, connected, end;  // resident memory in bytes: at the start, with all sessions, after the load
} Server;

/// The servers, `options.server_count` of them.
extern Server *servers;

/// CPU time of this program within the measured time, in seconds.
double generator_cpu(void);

void servers_begin(void);
void servers_connected(void);
void servers_measure_begin(void);
void servers_measure_end(void);

/// CPU time of all servers since the load began, in seconds.
double servers_worked(void);
