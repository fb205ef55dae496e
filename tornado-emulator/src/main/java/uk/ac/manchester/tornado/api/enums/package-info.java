/** Modes and names, emulated: the subset of TornadoVM's API that Heddle uses, not TornadoVM. */
@NullMarked
package uk.ac.manchester.tornado.api.enums;

import org.jspecify.annotations.NullMarked;
