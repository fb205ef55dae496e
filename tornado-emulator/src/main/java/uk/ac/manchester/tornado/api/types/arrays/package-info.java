/** Arrays off the heap, emulated: the subset of TornadoVM's API that Heddle uses, not TornadoVM. */
@NullMarked
package uk.ac.manchester.tornado.api.types.arrays;

import org.jspecify.annotations.NullMarked;
