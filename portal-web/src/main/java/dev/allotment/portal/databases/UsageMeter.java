// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Tenant;
import java.util.Locale;

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
        if (tenant.syncedAt() == null) {
            return unknown("Users");
        }
        int limit = tenant.maxUsers();
        String text = limit == 0
                ? count(tenant.usersCount())
                : TenantWords.number(tenant.usersCount()) + " of " + count(limit);
        return new UsageMeter("Users", text, percent(tenant.usersCount(), limit), limit > 0);
    }

    /** The storage of a tenant: database and files. */
    public static UsageMeter storage(Tenant tenant) {
        if (tenant.syncedAt() == null) {
            return unknown("Storage");
        }
        long used = tenant.databaseSizeBytes() + tenant.fileSizeBytes();
        long limit = tenant.storageLimitMb() * KIBI * KIBI;
        String text = limit == 0 ? bytes(used) : bytes(used) + " of " + bytes(limit);
        return new UsageMeter("Storage", text, percent(used, limit), limit > 0);
    }

    private static UsageMeter unknown(String label) {
        return new UsageMeter(label, "Not measured yet", 0, false);
    }

    /** Returns the style of the meter. */
    public String level() {
        return percent >= 100 ? "full" : percent >= NEARLY ? "nearly" : "fine";
    }

    private static String count(int users) {
        return TenantWords.count(users, "user");
    }

    private static int percent(long used, long limit) {
        return limit == 0 ? 0 : (int) Math.min(100, used * 100 / limit);
    }

    /** Formats a size for people, such as {@code 12.5 MB}. */
    public static String bytes(long bytes) {
        String[] units = {"bytes", "KB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= KIBI && unit < units.length - 1) {
            value /= KIBI;
            unit++;
        }
        boolean whole = unit == 0 || value >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}
