// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.SaasException;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows what a repair of the last report would do, and repairs what was chosen from it. What was not shown is not
 * repaired, even if a later check finds it.
 */
final class RepairPages {
    static final String PATH = CheckPages.PATH + "/repair";
    /** How many repairs one page shows, and one click starts. */
    private static final int SHOWN = 200;

    private static final String FINDING = "finding";
    private static final String SUSPENDED = "suspended";
    private static final Set<FindingCode> SUSPENDING = Set.of(FindingCode.MISSING, FindingCode.FOREIGN);

    private final LastCheck lastCheck;

    RepairPages(LastCheck lastCheck) {
        this.lastCheck = lastCheck;
    }

    void add(Routes routes) {
        routes.showAdministrator(PATH, this::show);
        routes.acceptAdministrator(PATH, this::repair);
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, new Form(), null);
    }

    private void repair(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, SUSPENDED);
        List<String> keys = exchange.params(FINDING).stream()
                .filter(each -> !each.isEmpty())
                .toList();
        long suspended = keys.stream().filter(RepairPages::suspends).count();
        if (keys.isEmpty()) {
            form.refuse("", "Tick what is to be repaired.");
        } else if (suspended > 0 && !form.value(SUSPENDED).equals(Long.toString(suspended))) {
            form.refuse(
                    SUSPENDED,
                    "You have ticked " + TenantWords.count(suspended, "database")
                            + " that would be suspended. Enter this" + " number to confirm.");
        }
        if (form.isFine()) {
            try {
                visitor.saas().async().repair(RepairRequest.builder().only(keys).build());
                exchange.redirect(CheckPages.PATH + "?done=repairing");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, visitor, 422, form, new HashSet<>(keys));
    }

    /** The key of a finding starts with its code. */
    private static boolean suspends(String key) {
        return SUSPENDING.stream().anyMatch(code -> key.startsWith(code.code() + "/"));
    }

    /** @param ticked the keys that were chosen; null: all that is shown */
    private void render(PortalExchange exchange, Visitor visitor, int status, Form form, @Nullable Set<String> ticked)
            throws IOException {
        String kind = exchange.param("kind");
        List<Finding> findings = lastCheck.report(visitor.saas(), Instant.EPOCH).findings().stream()
                .filter(Finding::automatic)
                .filter(each -> kind.isEmpty() || each.code().code().equals(kind))
                .toList();
        List<Finding> shown = findings.stream().limit(SHOWN).toList();
        List<RepairView.Row> rows = new ArrayList<>();
        for (Finding each : shown) {
            rows.add(new RepairView.Row(
                    rows.size(),
                    each.key(),
                    Words.event(each.code()),
                    CheckPages.place(each),
                    each.message(),
                    each.remedy(),
                    ticked == null || ticked.contains(each.key())));
        }
        exchange.render(
                status,
                "admin/repair",
                exchange.page("Choose repairs", CheckPages.SECTION),
                new RepairView(
                        kind,
                        summary(findings.size()),
                        consequences(shown),
                        shown.stream().anyMatch(each -> SUSPENDING.contains(each.code())),
                        rows,
                        form));
    }

    private static String summary(int found) {
        String all = TenantWords.count(found, "difference") + " can be repaired.";
        return found <= SHOWN
                ? all
                : all + " These are the first " + SHOWN
                        + ", and only these can be ticked. Repair the others afterwards, or"
                        + " all at once with the command \"repair --apply\".";
    }

    private static List<String> consequences(List<Finding> findings) {
        Map<FindingCode, Integer> counts = new EnumMap<>(FindingCode.class);
        findings.forEach(each -> counts.merge(each.code(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(each -> consequence(each.getKey(), each.getValue()))
                .toList();
    }

    /** Says what repairing some findings of one kind does. */
    static String consequence(FindingCode code, long count) {
        String databases = TenantWords.count(count, "database");
        return switch (code) {
            case MISSING, FOREIGN ->
                databases + (count == 1 ? " is" : " are")
                        + " suspended until the server has them again, and everyone is" + " signed out of them.";
            case WRONG_NAME -> databases + (count == 1 ? " gets its" : " get their") + " recorded name back.";
            case WRONG_RIGHTS -> databases + (count == 1 ? " gets its" : " get their") + " rights back.";
            case NOT_OPEN -> databases + (count == 1 ? " is" : " are") + " opened to the application.";
            case NOT_CLOSED -> databases + (count == 1 ? " is" : " are") + " closed to the application.";
            case FOUND_AGAIN -> databases + (count == 1 ? " is" : " are") + " no longer suspended as missing.";
            case CHANGED_SINCE_BACKUP ->
                databases + (count == 1 ? " gets" : " get")
                        + " the name, the rights and the state that the catalog has.";
            case ORPHAN, NAME_NOT_RESERVED -> TenantWords.count(count, "name") + " cannot be given to another tenant.";
            case NAME_UNUSED -> TenantWords.count(count, "name") + " can be used again after the cool-down.";
            case MISSING_SPARE, CLAIMED_SPARE ->
                "The records of " + TenantWords.count(count, "spare") + " are removed.";
            case MISSING_TEMPLATE -> TenantWords.count(count, "template") + " will be built again.";
            case STALE_DRAFT -> "The records of " + TenantWords.count(count, "unfinished database") + " are removed.";
            default -> TenantWords.count(count, "difference") + " of the kind " + Words.event(code) + ".";
        };
    }
}
