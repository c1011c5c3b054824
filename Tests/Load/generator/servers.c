#define _GNU_SOURCE
#include "servers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "options.h"

Server *servers;

static uint64_t begun[SERVERS_MAX], measured_from[SERVERS_MAX];
static double own_cpu;

// The scheduler's own account of every thread, in nanoseconds.
static uint64_t cpu_of(int process) {
    char path[320];
    uint64_t sum = 0, one;
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *tasks = opendir(path);
    if (!tasks) return 0;
    for (struct dirent *task; (task = readdir(tasks));) {
        if (task->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", process, task->d_name);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        if (fscanf(file, "%lu", &one) == 1) sum += one;
        fclose(file);
    }
    closedir(tasks);
    return sum;
}

static void read_ticks(int process, double sign, Server *server) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    FILE *file = fopen(path, "r");
    if (!file) return;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    const char *rest = strrchr(text, ')');
    unsigned long user, system;
    if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) return;
    server->user += sign * (double)user / (double)sysconf(_SC_CLK_TCK);
    server->system += sign * (double)system / (double)sysconf(_SC_CLK_TCK);
}

static uint64_t memory_of(int process) {
    char path[64];
    unsigned long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", process);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
    fclose(file);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static double own_cpu_now(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double generator_cpu(void) { return own_cpu; }

void servers_begin(void) {
    servers = calloc(SERVERS_MAX, sizeof *servers);
    if (!servers) abort();
    for (uint32_t index = 0; index < options.server_count; index++) {
        servers[index].process = options.servers[index];
        servers[index].before = memory_of(options.servers[index]);
        begun[index] = cpu_of(options.servers[index]);
    }
}

void servers_connected(void) {
    for (uint32_t index = 0; index < options.server_count; index++) {
        uint64_t now = cpu_of(servers[index].process);
        servers[index].connecting = now - begun[index];
        begun[index] = now;
    }
}

double servers_worked(void) {
    double sum = 0;
    for (uint32_t index = 0; index < options.server_count; index++)
        sum += (double)(cpu_of(servers[index].process) - begun[index]) / 1e9;
    return sum;
}

void servers_measure_begin(void) {
    for (uint32_t index = 0; index < options.server_count; index++) {
        servers[index].connected = memory_of(servers[index].process);
        read_ticks(servers[index].process, -1, &servers[index]);
        measured_from[index] = cpu_of(servers[index].process);
    }
    own_cpu = -own_cpu_now();
}

void servers_measure_end(void) {
    for (uint32_t index = 0; index < options.server_count; index++) {
        servers[index].cpu = cpu_of(servers[index].process) - measured_from[index];
        read_ticks(servers[index].process, 1, &servers[index]);
        servers[index].end = memory_of(servers[index].process);
    }
    own_cpu += own_cpu_now();
}
