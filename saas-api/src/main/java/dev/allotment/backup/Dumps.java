// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.NeedsProof;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Tenants;

/**
 * Dumps: whole tenant databases as archives in memory, as the tools for Odoo's database service expect. They need no
 * store, and are not encrypted. For large databases, and for everything else, there are {@linkplain Backups backups}
 * and {@linkplain Exports exports}. Only for administrators: all others get {@code access.not-allowed}.
 */
public interface Dumps {
    /**
     * Makes a dump of an open or suspended tenant in its state at one moment: members with the hashes of their
     * passwords, parameters, add-ons, groups, record quotas and everything of its application that is in the database,
     * and the files of its application, if the embedder has registered them ({@link SaasBuilder#tenantFiles}), which
     * are read after that moment. API keys and sessions are not in it. A dump is a ZIP archive. It has secrets, and
     * anyone who has it can read it.
     *
     * <p>The audit log has an entry before anything is read. A dump takes one of the places for exports on this node,
     * see {@link Exports#write}.
     *
     * @param mostBytes how large the archive may be
     * @throws SaasException {@code access.not-allowed}, {@code record.missing}, {@code tenant.state}; {@code
     *     tenant.busy}, {@code export.busy} (both retryable); {@code dump.too-large}, {@code
     *     database.not-transferable}, {@code backend.unsupported}, {@code backend.unavailable}, {@code files.failed},
     *     {@code files.invalid}
     */
    @NeedsProof
    byte[] create(TenantId tenant, int mostBytes);

    /**
     * Creates a tenant outside any plan from a dump, with another identity, and without an owner: the owner in the dump
     * becomes an ordinary member. Its members have the passwords that they had. The archive is checked completely
     * before anything is created: its structure, its sizes and the hash of its content.
     *
     * <p>On a server where what is in a database cannot do more than its application ({@link
     * dev.allotment.spi.backend.Transfer#confinesContent}), such as PostgreSQL, the dump may be from any installation.
     * Elsewhere, such as on H2, it must be one that this control plane has made, unchanged.
     *
     * <p>The operation is recorded. If this process ends before the content was read, it is undone.
     *
     * @param name of the new tenant
     * @param neutralise whether the new tenant is made harmless, as a copy is: it sends no email, runs no jobs and
     *     takes no payments
     * @throws SaasException {@code access.not-allowed}; {@code dump.invalid} if the archive is not a dump, is cut off
     *     or was changed; {@code dump.too-large} if it is much larger when it is decompressed; {@code dump.untrusted};
     *     {@code backup.newer} if a newer version of the program made it; {@code backup.files-unsupported}; {@code
     *     backend.unsupported} if no server has this kind of databases; {@code schema.failed}; and as {@link
     *     Tenants#create}. Then there is no new tenant
     */
    Tenant restore(String name, byte[] archive, boolean neutralise);
}
