/** The management API as its users call it: a client, and the commands of the shell built on it. */
@NullMarked
package dev.heddle.app.client;

import org.jspecify.annotations.NullMarked;
