/** Failures, emulated: the subset of TornadoVM's API that Heddle uses, not TornadoVM. */
@NullMarked
package uk.ac.manchester.tornado.api.exceptions;

import org.jspecify.annotations.NullMarked;
