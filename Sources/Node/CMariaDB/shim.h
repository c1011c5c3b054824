// The C connector of MariaDB and MySQL (Debian: libmariadb-dev).
#include <mariadb/mysql.h>
#include <mariadb/errmsg.h>
#include <mariadb/mysqld_error.h>
