// The only door to epoll and eventfd, which Swift's Glibc module leaves out (GatewayServer moves the bytes of tunnels).
#ifndef SWITCHBOARD_CEPOLL_SHIM_H
#define SWITCHBOARD_CEPOLL_SHIM_H
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif
