/**
 * What runs on the device: static methods that TornadoVM compiles. Tensors are places in two
 * arenas, one of floats and one of ints; sums have an order that the batch does not change.
 */
@NullMarked
package dev.heddle.tornado.kernel;

import org.jspecify.annotations.NullMarked;
