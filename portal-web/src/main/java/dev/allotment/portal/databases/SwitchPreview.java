// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Entitlement;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.portal.web.Seen;
import java.util.List;
import java.util.function.Function;

/**
 * What moving a tenant to another plan or version would do, in words.
 *
 * @param plan the name of the new plan
 * @param changes the terms that would change
 * @param exceeded the new limits that the tenant exceeds already
 * @param install the add-ons that would be installed
 * @param remove the add-ons that would be removed with all their data
 * @param seen identifies the content
 */
public record SwitchPreview(
        String plan,
        int version,
        List<Change> changes,
        List<String> exceeded,
        List<String> install,
        List<String> remove,
        String seen) {
    private static final String NONE = "none";
    private static final String ENTITLEMENT = "entitlements.";
    private static final String VERSION = "Version";

    public SwitchPreview {
        changes = List.copyOf(changes);
        exceeded = List.copyOf(exceeded);
        install = List.copyOf(install);
        remove = List.copyOf(remove);
    }

    /** Describes a preview. The function returns the name of a plan. */
    public static SwitchPreview of(PlanSwitch preview, Function<? super PlanId, String> names) {
        return new SwitchPreview(
                names.apply(preview.plan()),
                preview.version(),
                changes(preview.changes(), names),
                preview.exceeded().stream().map(SwitchPreview::exceeded).toList(),
                preview.addonsToInstall(),
                preview.addonsToRemove(),
                Seen.of(
                        preview.plan(),
                        preview.version(),
                        preview.changes(),
                        preview.exceeded().stream()
                                .map(PlanSwitch.Excess::field)
                                .toList(),
                        preview.addonsToInstall(),
                        preview.addonsToRemove()));
    }

    /** Describes changes of terms. */
    public static List<Change> changes(List<PlanSwitch.Change> changes, Function<? super PlanId, String> names) {
        return changes.stream()
                .map(each -> new Change(
                        term(each.field()),
                        value(each.field(), each.from(), names),
                        value(each.field(), each.to(), names)))
                .toList();
    }

    /** Without the numbers of versions, which say nothing to an owner. */
    public SwitchPreview withoutVersion() {
        List<Change> shown =
                changes.stream().filter(each -> !each.term().equals(VERSION)).toList();
        return new SwitchPreview(plan, version, shown, exceeded, install, remove, seen);
    }

    /** Whether nothing would happen. */
    public boolean empty() {
        return changes.isEmpty() && install.isEmpty() && remove.isEmpty();
    }

    /** Whether the tenant would exceed a limit or lose data. */
    public boolean harmful() {
        return !exceeded.isEmpty() || !remove.isEmpty();
    }

    private static String exceeded(PlanSwitch.Excess excess) {
        return term(excess.field()) + ": the new limit is "
                + value(excess.field(), Long.toString(excess.limit()), id -> "")
                + ", the present value is " + value(excess.field(), Long.toString(excess.found()), id -> "") + ".";
    }

    private static String term(String field) {
        return switch (field) {
            case "planId" -> "Plan";
            case "planVersion" -> VERSION;
            case "maxUsers" -> "Users";
            case "storageLimitMb" -> "Storage";
            case "blockOnExpiration" -> "Suspended when expired";
            case "blockOnStorageExceed" -> "Suspended when over the storage limit";
            case "graceDays" -> "Grace period in days";
            case "maxDatabasesPerCustomer" -> "Databases per customer";
            case "maxTrialDatabasesPerCustomer" -> "Trials per customer";
            default -> field.startsWith(ENTITLEMENT) ? field.substring(ENTITLEMENT.length()) : field;
        };
    }

    private static String value(String field, String value, Function<? super PlanId, String> names) {
        if (value.equals(NONE)) {
            return "none";
        }
        return switch (field) {
            case "planId" -> names.apply(new PlanId(Long.parseLong(value)));
            case "maxUsers", "maxDatabasesPerCustomer", "maxTrialDatabasesPerCustomer" ->
                value.equals("0") ? "no limit" : value;
            case "storageLimitMb" ->
                value.equals("0") ? "no limit" : UsageMeter.bytes(Long.parseLong(value) * Plan.MEGABYTE);
            case "blockOnExpiration", "blockOnStorageExceed" -> value.equals("true") ? "yes" : "no";
            default -> field.startsWith(ENTITLEMENT) ? TenantWords.entitlement(Entitlement.parse(value)) : value;
        };
    }

    /** A term that would change. */
    public record Change(String term, String from, String to) {}
}
