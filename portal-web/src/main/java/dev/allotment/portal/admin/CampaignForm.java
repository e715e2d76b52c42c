// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationId;
import dev.allotment.PlanId;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The form that describes a campaign. */
final class CampaignForm {
    private static final String CHANGE = "change";
    private static final String ADDONS = "addons";
    private static final String ACTION = "action";
    private static final String TARGET = "target";
    private static final String FORCE = "force";
    private static final String TAGS = "tags";
    private static final String PLAN = "plan";
    private static final String SERVER = "server";
    private static final String CANARIES = "canaries";
    private static final String WAVES = "waves";
    private static final String PARALLEL = "parallel";
    private static final String PER_SERVER = "per-server";
    private static final String FAILURES = "failures";
    private static final String PERCENT = "percent";
    private static final String WINDOW = "window";
    private static final String BACKUP = "backup";
    private static final String NUMBER = "[0-9]{1,18}";
    private static final String[] FIELDS = {
        CHANGE,
        ADDONS,
        ACTION,
        TARGET,
        FORCE,
        TAGS,
        PLAN,
        SERVER,
        CANARIES,
        WAVES,
        PARALLEL,
        PER_SERVER,
        FAILURES,
        PERCENT,
        WINDOW,
        BACKUP
    };

    private CampaignForm() {}

    static Form blank(CampaignKind kind) {
        return new Form()
                .set(CHANGE, kind.code())
                .set(CANARIES, "1")
                .set(PARALLEL, "1")
                .set(PER_SERVER, "0")
                .set(FAILURES, "0");
    }

    static Form sent(PortalExchange exchange) {
        List<String> addons =
                exchange.params(ADDONS).stream().filter(each -> !each.isEmpty()).toList();
        return Form.sent(exchange, FIELDS).set(ADDONS, String.join(", ", addons));
    }

    /** Returns the fields with a value, for a form that sends them again. */
    static List<UninstallView.Field> fields(Form form) {
        List<UninstallView.Field> fields = new ArrayList<>();
        for (String name : FIELDS) {
            if (!form.value(name).isEmpty()) {
                fields.add(new UninstallView.Field(name, form.value(name)));
            }
        }
        return fields;
    }

    static CampaignFormView view(Saas saas, CampaignKind kind, Form form) {
        List<String> chosen = switch (kind) {
            case SCHEMA -> List.of();
            case ADDONS -> AdminInput.names(form.value(ADDONS));
            case ACTION -> List.of(form.value(ACTION));
            case MOVE, PLAN, SWITCH_BACK -> List.of(form.value(TARGET));
        };
        return new CampaignFormView(
                kind,
                options(kind.choices(saas), chosen),
                options(Choices.plans(saas), List.of(form.value(PLAN))),
                options(Choices.servers(saas), List.of(form.value(SERVER))),
                form);
    }

    private static List<SelectOption> options(List<Choice> choices, List<String> chosen) {
        return choices.stream()
                .map(each -> new SelectOption(each.value(), each.text(), chosen.contains(each.value())))
                .toList();
    }

    /** What the campaign of a form changes; empty if the form does not say it. */
    static Optional<CampaignKind> kind(Form form) {
        return CampaignKind.of(form.value(CHANGE));
    }

    /** Returns the campaign that the form describes; null if the form has problems, which are added to it. */
    static @Nullable Campaign campaign(Form form, @Nullable String key) {
        CampaignChange change = change(form);
        Campaign.Builder campaign = Campaign.of(change)
                .tags(AdminInput.names(form.value(TAGS)))
                .plan(plan(form.value(PLAN)))
                .server(PlanPages.server(form.value(SERVER)))
                .canaries(form.number(CANARIES, "The number of canaries"))
                .waves(waves(form))
                .parallel(form.number(PARALLEL, "The number of databases at once"))
                .parallelPerServer(form.number(PER_SERVER, "The number of databases on a server"))
                .maxFailures(optional(form, FAILURES, "The number of failures"))
                .maxFailurePercent(optional(form, PERCENT, "The percentage of failures"))
                .inWindow(form.ticked(WINDOW))
                .backupBefore(form.ticked(BACKUP))
                .idempotencyKey(key);
        if (!form.isFine()) {
            return null;
        }
        try {
            return campaign.build();
        } catch (SaasException e) {
            form.refuse("", AdminInput.refusal(e));
            return null;
        }
    }

    private static CampaignChange change(Form form) {
        return switch (kind(form).orElseThrow(PageFailure::notFound)) {
            case SCHEMA -> CampaignChange.schema();
            case ADDONS ->
                CampaignChange.addons(AdminInput.names(form.value(ADDONS)).toArray(String[]::new));
            case ACTION -> {
                form.require(ACTION, "Choose an action.");
                yield CampaignChange.action(form.value(ACTION));
            }
            case MOVE -> {
                ServerId target = PlanPages.server(form.value(TARGET));
                if (target == null) {
                    form.refuse(TARGET, "Choose the server that the databases are moved to.");
                    yield CampaignChange.schema();
                }
                yield CampaignChange.move(target);
            }
            case PLAN -> {
                PlanId target = plan(form.value(TARGET));
                if (target == null) {
                    form.refuse(TARGET, "Choose the plan that the databases are switched to.");
                    yield CampaignChange.schema();
                }
                yield form.ticked(FORCE) ? CampaignChange.planByForce(target) : CampaignChange.plan(target);
            }
            case SWITCH_BACK -> {
                String target = form.value(TARGET);
                if (!target.matches(NUMBER)) {
                    form.refuse(TARGET, "Choose the campaign that is taken back.");
                    yield CampaignChange.schema();
                }
                yield CampaignChange.switchBack(new OperationId(Long.parseLong(target)), form.ticked(FORCE));
            }
        };
    }

    private static @Nullable PlanId plan(String text) {
        return text.matches(NUMBER) ? new PlanId(Long.parseLong(text)) : null;
    }

    private static Integer[] waves(Form form) {
        List<String> percents = AdminInput.names(form.value(WAVES).replace("%", ""));
        if (percents.stream().anyMatch(each -> !each.matches("[0-9]{1,2}"))) {
            form.refuse(WAVES, "Waves must be percentages from 1 to 99, such as 10, 50.");
            return new Integer[0];
        }
        return percents.stream().map(Integer::valueOf).toArray(Integer[]::new);
    }

    private static @Nullable Integer optional(Form form, String field, String name) {
        return form.value(field).isEmpty() ? null : (Integer) form.number(field, name);
    }

    /** Adds what the control plane refused, at the field that it is about. */
    static void refuse(Form form, SaasException e) {
        String field = switch (e.code()) {
            case ErrorCodes.ADDON_UNKNOWN -> ADDONS;
            case ErrorCodes.CAMPAIGN_ACTION_UNKNOWN -> ACTION;
            case ErrorCodes.CAMPAIGN_RUNNING -> TARGET;
            case ErrorCodes.BACKUP_NO_STORE, ErrorCodes.BACKUP_KEY_MISSING -> BACKUP;
            default -> "";
        };
        form.refuse(field, AdminInput.refusal(e));
    }
}
