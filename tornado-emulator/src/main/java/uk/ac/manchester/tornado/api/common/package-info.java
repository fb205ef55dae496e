/**
 * Task shapes and devices, emulated: the subset of TornadoVM's API that Heddle uses, not TornadoVM.
 */
@NullMarked
package uk.ac.manchester.tornado.api.common;

import org.jspecify.annotations.NullMarked;
