// SPDX-License-Identifier: Apache-2.0
/**
 * What a configuration change does inside a tenant database: scripts with the privileges of the tenant's application,
 * and record quotas. Used by {@code PostgresDatabases}.
 */
@NullMarked
package dev.allotment.postgres.configuration;

import org.jspecify.annotations.NullMarked;
