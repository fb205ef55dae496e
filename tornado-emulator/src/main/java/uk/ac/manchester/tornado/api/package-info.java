/**
 * An emulator, for tests, of the part of TornadoVM's public API that Heddle's accelerator backend
 * uses. It is written for Heddle and is not TornadoVM, whose package names and signatures (release
 * 5.2.0) it has to bear so that the backend compiles and its kernels run where no TornadoVM is. It
 * is never part of the application.
 *
 * <p>It is a strict device rather than a fast one: memory apart from the host's and full of garbage
 * until written, one grid per task, work-items in lockstep between barriers, and an exception for
 * whatever is undefined on a real device.
 */
@NullMarked
package uk.ac.manchester.tornado.api;

import org.jspecify.annotations.NullMarked;
