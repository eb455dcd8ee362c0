#include <zlib.h>

/* Only what Swift cannot say: deflateInit2 is a macro. The memory level is below the usual 8: the table
   that is cleared for every object is a quarter as large. */
static inline int czlib_deflate_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15, 6, Z_DEFAULT_STRATEGY);
}
