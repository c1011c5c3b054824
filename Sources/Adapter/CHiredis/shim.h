// The only door to libhiredis: the reply reader (RedisAdapter uses nothing else of it).
#ifndef SWITCHBOARD_CHIREDIS_SHIM_H
#define SWITCHBOARD_CHIREDIS_SHIM_H
#include <hiredis/hiredis.h>
#endif
