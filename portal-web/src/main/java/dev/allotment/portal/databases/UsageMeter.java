// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Tenant;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.text.Texts;

/**
 * The usage of a resource, with its limit.
 *
 * @param label the name of the resource
 * @param text the numbers with their units
 * @param percent of the limit, from 0 to 100; 0 if there is no limit
 * @param limited whether there is a limit
 */
public record UsageMeter(String label, String text, int percent, boolean limited) {
    private static final long KIBI = 1024;
    private static final int NEARLY = 80;

    /** The users of a tenant. */
    public static UsageMeter users(Tenant tenant) {
        return users(tenant, PortalTexts.ENGLISH);
    }

    static UsageMeter users(Tenant tenant, Texts texts) {
        String label = texts.text("usage.users");
        if (tenant.syncedAt() == null) {
            return unknown(label, texts);
        }
        int limit = tenant.maxUsers();
        String text = limit == 0
                ? texts.plural("usage.count", tenant.usersCount())
                : texts.plural("usage.count-of", limit, tenant.usersCount());
        return new UsageMeter(label, text, percent(tenant.usersCount(), limit), limit > 0);
    }

    /** The storage of a tenant: database and files. */
    public static UsageMeter storage(Tenant tenant) {
        return storage(tenant, PortalTexts.ENGLISH);
    }

    static UsageMeter storage(Tenant tenant, Texts texts) {
        String label = texts.text("usage.storage");
        if (tenant.syncedAt() == null) {
            return unknown(label, texts);
        }
        long used = tenant.databaseSizeBytes() + tenant.fileSizeBytes();
        long limit = tenant.storageLimitMb() * KIBI * KIBI;
        String text = limit == 0 ? texts.bytes(used) : texts.text("usage.of", texts.bytes(used), texts.bytes(limit));
        return new UsageMeter(label, text, percent(used, limit), limit > 0);
    }

    private static UsageMeter unknown(String label, Texts texts) {
        return new UsageMeter(label, texts.text("usage.unknown"), 0, false);
    }

    /** Returns the style of the meter. */
    public String level() {
        return percent >= 100 ? "full" : percent >= NEARLY ? "nearly" : "fine";
    }

    private static int percent(long used, long limit) {
        return limit == 0 ? 0 : (int) Math.min(100, used * 100 / limit);
    }

    /** Formats a size for people, such as {@code 12.5 MB}. */
    public static String bytes(long bytes) {
        return PortalTexts.ENGLISH.bytes(bytes);
    }
}
