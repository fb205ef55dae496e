/** The database: roles, migrations, transactions, and how SQL's errors become the registry's. */
@NullMarked
package dev.heddle.registry.db;

import org.jspecify.annotations.NullMarked;
