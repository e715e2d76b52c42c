// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Entitlement;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.portal.web.Seen;
import dev.allotment.text.Texts;
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
    private static final String VERSION = "planVersion";

    public SwitchPreview {
        changes = List.copyOf(changes);
        exceeded = List.copyOf(exceeded);
        install = List.copyOf(install);
        remove = List.copyOf(remove);
    }

    /** Describes a preview. The function returns the name of a plan. */
    public static SwitchPreview of(PlanSwitch preview, Function<? super PlanId, String> names) {
        return of(preview, names, PortalTexts.ENGLISH);
    }

    static SwitchPreview of(PlanSwitch preview, Function<? super PlanId, String> names, Texts texts) {
        return new SwitchPreview(
                names.apply(preview.plan()),
                preview.version(),
                changes(preview.changes(), names, texts),
                preview.exceeded().stream().map(each -> exceeded(each, texts)).toList(),
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
        return changes(changes, names, PortalTexts.ENGLISH);
    }

    private static List<Change> changes(
            List<PlanSwitch.Change> changes, Function<? super PlanId, String> names, Texts texts) {
        return changes.stream()
                .map(each -> new Change(
                        each.field(),
                        term(each.field(), texts),
                        value(each.field(), each.from(), names, texts),
                        value(each.field(), each.to(), names, texts)))
                .toList();
    }

    /** Without the numbers of versions, which say nothing to an owner. */
    public SwitchPreview withoutVersion() {
        List<Change> shown =
                changes.stream().filter(each -> !each.field().equals(VERSION)).toList();
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

    private static String exceeded(PlanSwitch.Excess excess, Texts texts) {
        return texts.text(
                "plan.exceeded",
                term(excess.field(), texts),
                value(excess.field(), Long.toString(excess.limit()), id -> "", texts),
                value(excess.field(), Long.toString(excess.found()), id -> "", texts));
    }

    private static String term(String field, Texts texts) {
        return switch (field) {
            case "planId" -> texts.text("common.plan");
            case VERSION -> texts.text("plan.term.version");
            case "maxUsers" -> texts.text("usage.users");
            case "storageLimitMb" -> texts.text("usage.storage");
            case "blockOnExpiration" -> texts.text("plan.term.block-on-expiration");
            case "blockOnStorageExceed" -> texts.text("plan.term.block-on-storage");
            case "graceDays" -> texts.text("plan.term.grace-days");
            case "maxDatabasesPerCustomer" -> texts.text("plan.term.databases");
            case "maxTrialDatabasesPerCustomer" -> texts.text("plan.term.trials");
            default -> field.startsWith(ENTITLEMENT) ? field.substring(ENTITLEMENT.length()) : field;
        };
    }

    private static String value(String field, String value, Function<? super PlanId, String> names, Texts texts) {
        if (value.equals(NONE)) {
            return texts.text("plan.none");
        }
        return switch (field) {
            case "planId" -> names.apply(new PlanId(Long.parseLong(value)));
            case "maxUsers", "maxDatabasesPerCustomer", "maxTrialDatabasesPerCustomer" ->
                value.equals("0") ? texts.text("plan.no-limit") : value;
            case "storageLimitMb" ->
                value.equals("0") ? texts.text("plan.no-limit") : texts.bytes(Long.parseLong(value) * Plan.MEGABYTE);
            case "blockOnExpiration", "blockOnStorageExceed" ->
                texts.text(value.equals("true") ? "common.yes" : "common.no");
            default -> field.startsWith(ENTITLEMENT) ? TenantWords.entitlement(Entitlement.parse(value), texts) : value;
        };
    }

    /** A term that would change. */
    public record Change(String field, String term, String from, String to) {}
}
