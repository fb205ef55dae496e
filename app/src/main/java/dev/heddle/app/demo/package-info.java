/** The demo: a client that uploads and publishes the demo adapters as any user would. */
@NullMarked
package dev.heddle.app.demo;

import org.jspecify.annotations.NullMarked;
