// The system's password hashing (Debian: libcrypt-dev), of which bcrypt is used.
#include <crypt.h>
