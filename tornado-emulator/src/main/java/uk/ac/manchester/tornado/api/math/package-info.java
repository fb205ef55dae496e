/**
 * Arithmetic in kernels, emulated: the subset of TornadoVM's API that Heddle uses, not TornadoVM.
 */
@NullMarked
package uk.ac.manchester.tornado.api.math;

import org.jspecify.annotations.NullMarked;
