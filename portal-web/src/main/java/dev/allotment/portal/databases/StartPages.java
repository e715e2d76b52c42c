// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.ErrorCodes;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Permission;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.portal.databases.StartView.Offer;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalJson;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import dev.allotment.servlet.stream.Streams;
import dev.allotment.spi.protocol.ClientNetwork;
import dev.allotment.spi.protocol.EventStream;
import dev.allotment.spi.protocol.EventStream.Update;
import dev.allotment.text.Texts;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The pages that create a database: the choice of plan and name, the name check, and the progress. */
final class StartPages {
    private static final String PATH = "/my/start";
    private static final String SECTION = "start";
    private static final Set<String> NAME_CODES =
            Set.of(ErrorCodes.TENANT_NAME_INVALID, ErrorCodes.TENANT_NAME_TAKEN, ErrorCodes.PLAN_NO_NAME_TEMPLATE);
    private static final int REFRESH_SECONDS = 2;
    private static final int HOURS_PER_DAY = 24;

    private final Streams streams;

    StartPages(Streams streams) {
        this.streams = streams;
    }

    void add(Routes routes) {
        routes.showVisitor(PATH, StartPages::show).needs(Permission.CREATE_TENANTS);
        routes.acceptVisitor(PATH, StartPages::start);
        routes.showVisitor(PATH + "/check", StartPages::check);
        routes.showVisitor(PATH + "/{operation}", StartPages::progress);
        routes.showVisitor(PATH + "/{operation}/events", this::events);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, Form.sent(exchange, "plan", "label"), Tokens.random());
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Form form, String key)
            throws IOException {
        List<Plan> plans = visitor.saas().selfService().offers();
        List<Offer> offers = new ArrayList<>();
        for (Plan plan : plans) {
            String id = plan.id().toString();
            boolean chosen = form.value("plan").isEmpty()
                    ? offers.isEmpty()
                    : form.value("plan").equals(id);
            offers.add(offer(plan, visitor, chosen));
        }
        exchange.render(
                status,
                "start",
                exchange.page(exchange.text("start.title"), SECTION),
                new StartView(offers, form, key));
    }

    static Offer offer(Plan plan, Visitor visitor, boolean chosen) {
        Texts texts = visitor.texts();
        List<String> facts = new ArrayList<>();
        if (plan.price() != null) {
            facts.add(TenantWords.price(plan.price(), texts));
        }
        facts.add(
                plan.maxUsers() == 0
                        ? texts.text("start.unlimited-users")
                        : texts.plural("usage.count", plan.maxUsers()));
        facts.add(
                plan.storageLimitMb() == 0
                        ? texts.text("start.unlimited-storage")
                        : texts.text("start.storage", texts.bytes(plan.storageLimitMb() * Plan.MEGABYTE)));
        if (plan.trialHours() > 0) {
            facts.add(texts.text("start.trial", hours(plan.trialHours(), texts)));
        }
        String summary = plan.summary() == null ? "" : plan.summary();
        return new Offer(
                plan.id().value(),
                plan.name(),
                summary,
                facts,
                NameParts.suffix(plan.dbNameTemplate()),
                plan.dbNameTemplate() == null,
                chosen);
    }

    static String hours(int hours, Texts texts) {
        int days = hours / HOURS_PER_DAY;
        if (hours % HOURS_PER_DAY != 0) {
            return texts.plural("unit.hours", hours);
        }
        return texts.plural("unit.days", days);
    }

    /** Checks the name while the user types. */
    private static void check(PortalExchange exchange, Visitor visitor) throws IOException {
        Optional<Long> plan = exchange.numberParam("plan");
        String label = exchange.param("label");
        String text;
        boolean free = false;
        if (plan.isEmpty()) {
            text = exchange.text("start.plan-first");
        } else {
            try {
                visitor.saas().selfService().checkName(new PlanId(plan.get()), label);
                free = true;
                text = exchange.text("start.name-free");
            } catch (SaasException e) {
                text = DatabasePages.refusal(exchange.texts(), e).text();
            }
        }
        String json = PortalJson.object(Map.of("free", free, "text", text));
        exchange.send(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    private static void start(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, "plan", "label");
        Optional<Long> plan = exchange.numberParam("plan");
        String key = exchange.param("key");
        if (plan.isEmpty()) {
            form.refuse("plan", exchange.text("plan.needed"));
        } else {
            try {
                String label = form.value("label").isEmpty() ? null : form.value("label");
                Operation operation =
                        visitor.saas().selfService().start(new PlanId(plan.get()), label, key.isEmpty() ? null : key);
                exchange.redirect(PATH + "/" + operation.id() + "?new=1");
                return;
            } catch (SaasException e) {
                form.refuse(isAboutName(e) ? "label" : "", refusal(exchange.texts(), e));
            }
        }
        render(exchange, visitor, 422, form, Tokens.random());
    }

    static boolean isAboutName(SaasException e) {
        return NAME_CODES.contains(e.code());
    }

    /** Returns what the user can correct; rethrows everything else. */
    static Message refusal(Texts texts, SaasException e) {
        String limit = e.details().getOrDefault("limit", "");
        if (!e.code().equals(ErrorCodes.PLAN_LIMIT_REACHED)) {
            return DatabasePages.refusal(texts, e);
        }
        return Message.of(texts.plural("start.limit", limit.matches("[0-9]{1,9}") ? Long.parseLong(limit) : 0));
    }

    private static Operation operation(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().selfService().operation(new OperationId(exchange.pathId("operation")));
    }

    private static void progress(PortalExchange exchange, Visitor visitor) throws IOException {
        Operation operation = operation(exchange, visitor);
        Optional<Tenant> tenant =
                Optional.ofNullable(operation.tenantId()).flatMap(visitor.saas().tenants()::find);
        tenant.ifPresent(each -> exchange.allowFormTargets(
                List.of(DatabasePages.origin(visitor.saas().tenants().publicUrl(each)))));
        String name = tenant.map(Tenant::name).orElse(exchange.text("progress.your-database"));
        String phase = Progress.phase(operation);
        String title = switch (operation.state()) {
            case RUNNING, PAUSED -> "progress.title";
            case DONE -> "progress.title-done";
            case FAILED -> "failure.internal";
        };
        ProgressView view = new ProgressView(
                operation.id().value(),
                tenant.filter(each -> DatabasePages.isEnterable(visitor, each))
                        .map(each -> each.id().value())
                        .orElse(0L),
                name,
                Progress.percent(operation),
                phase,
                Progress.error(operation, exchange.texts()),
                Progress.steps(operation, exchange.texts()));
        Page page = exchange.page(exchange.text(title, name), SECTION);
        boolean running = operation.state() == OperationState.RUNNING;
        exchange.render("progress", page.refreshing(running ? REFRESH_SECONDS : 0), view);
    }

    private void events(PortalExchange exchange, Visitor visitor) throws IOException {
        OperationId id = operation(exchange, visitor).id();
        EventStream events = new EventStream(ClientNetwork.of(exchange.clientAddress()), () -> {
            Operation now = visitor.saas().selfService().operation(id);
            return new Update(Progress.json(now), now.state() != OperationState.RUNNING);
        });
        if (streams.admit(exchange.request(), events.owner()) == Streams.Admission.ADMITTED) {
            streams.start(exchange.request(), exchange.response(), events, () -> {});
        } else {
            exchange.response().setHeader("Retry-After", "2");
            exchange.send(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", new byte[0]);
        }
    }
}
