// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What follows for the tenants of a plan if they are not paid: {@code PaymentTerms.parse("notify 0 3 7, suspend 14")}.
 * Days are counted from the time since which a tenant or its customer is not paid. While it is past due, the customer
 * gets a notice on each of these days, and the tenant is suspended on the last one. If it is unpaid, the tenant is
 * suspended at once. A tenant is never deleted because of it.
 *
 * <p>Immutable.
 *
 * @param text {@code notify} and growing numbers of days, which may be missing, and {@code suspend} with a number of
 *     days
 */
public record PaymentTerms(String text) {
    private static final int MAX_DAYS = 3650;
    private static final int MAX_NOTICES = 20;
    private static final int MAX_LENGTH = 200;
    private static final Pattern FORM = Pattern.compile("(?:notify((?: \\d{1,9})+) )?suspend (\\d{1,9})");

    /** Creates a record from all its components, without checking them. Use {@link #parse} instead. */
    @Internal
    public PaymentTerms {}

    /**
     * Reads terms. Upper case, more spaces and commas are accepted, too.
     *
     * @throws SaasException {@code plan.invalid}
     */
    public static PaymentTerms parse(String text) {
        String normal = String.join(" ", text.strip().toLowerCase(Locale.ROOT).split("[\\s,]+"));
        Matcher form = FORM.matcher(normal);
        if (text.length() > MAX_LENGTH || !form.matches() || !isInRange(form)) {
            throw SaasException.invalid(
                    ErrorCodes.PLAN_INVALID,
                    "Payment terms have a form such as \"notify 0 3 7, suspend 14\": at most " + MAX_NOTICES
                            + " growing numbers of days for notices, which may be missing, and the days until"
                            + " suspension, each " + MAX_DAYS + " at most. Found "
                            + (text.length() > MAX_LENGTH ? text.length() + " characters" : "\"" + text + "\"") + ".");
        }
        List<Integer> days = days(form);
        String notices = days.stream().map(String::valueOf).collect(Collectors.joining(" "));
        return new PaymentTerms(
                (days.isEmpty() ? "" : "notify " + notices + ", ") + "suspend " + Integer.parseInt(form.group(2)));
    }

    private static boolean isInRange(Matcher form) {
        List<Integer> days = days(form);
        return days.size() <= MAX_NOTICES
                && days.equals(days.stream().distinct().sorted().toList())
                && days.stream().allMatch(each -> each <= MAX_DAYS)
                && Integer.parseInt(form.group(2)) <= MAX_DAYS;
    }

    private static List<Integer> days(Matcher form) {
        String days = form.group(1);
        return days == null
                ? List.of()
                : Arrays.stream(days.strip().split(" ")).map(Integer::valueOf).toList();
    }

    /**
     * Creates terms.
     *
     * @param noticeDays on which days the customer gets a notice
     * @param suspendAfterDays after how many days a tenant that is past due is suspended
     * @throws SaasException {@code plan.invalid}
     */
    public static PaymentTerms of(List<Integer> noticeDays, int suspendAfterDays) {
        String notices = noticeDays.stream().map(String::valueOf).collect(Collectors.joining(" "));
        return parse((noticeDays.isEmpty() ? "" : "notify " + notices + ", ") + "suspend " + suspendAfterDays);
    }

    private Matcher read() {
        Matcher form = FORM.matcher(text.replace(",", ""));
        if (!form.matches()) {
            throw new IllegalStateException(text);
        }
        return form;
    }

    /** Returns on which days the customer gets a notice, the first day first; 0 is at once. */
    public List<Integer> noticeDays() {
        return days(read());
    }

    /** Returns after how many days a tenant that is past due is suspended. */
    public int suspendAfterDays() {
        return Integer.parseInt(read().group(2));
    }

    @Override
    public String toString() {
        return text;
    }
}
