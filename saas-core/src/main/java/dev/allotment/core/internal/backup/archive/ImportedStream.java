// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

/** What a tenant is made of that only the request knows: no other node can read it. */
public sealed interface ImportedStream permits ForeignBackup, Dump {}
