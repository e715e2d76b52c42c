// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.webhook;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.Visitor;
import dev.allotment.portal.web.VisitorHandler;
import dev.allotment.portal.webhook.WebhooksView.EventChoice;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookEvents;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageId;
import dev.allotment.webhook.WebhookMessageState;
import dev.allotment.webhook.WebhookSigning;
import dev.allotment.webhook.Webhooks;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pages of webhook endpoints. Customers and administrators have the same pages under different paths. */
public final class WebhookPages {
    private static final String COOKIE = "portal_webhook";
    private static final String TYPE = "type";
    private static final String EVENTS = "events";
    private static final String FORMAT = "format";
    private static final String TOKEN = "token";
    private static final int SHOWN = 50;
    private static final List<SortKey.Of<WebhookEndpoint>> KEYS = List.of(
            new SortKey.Of<>("created", "Created", SortKey.Kind.TIME, WebhookEndpoint.CREATED_AT),
            new SortKey.Of<>("url", "URL", SortKey.Kind.TEXT, WebhookEndpoint.URL));
    private static final Map<String, String> NOTICES = Map.of(
            "created", "The endpoint is created. It receives what happens from now on.",
            "saved", "The endpoint is changed.",
            "tested", "A test message is on its way.",
            "rotated", "The endpoint has a new secret. For 24 hours, messages are signed with the old one, too.",
            "disabled", "The endpoint is disabled.",
            "enabled", "The endpoint is enabled. It receives what happens from now on.",
            "token", "The endpoint has a new token.",
            "recovering", "What the endpoint has missed is being sent.",
            "resent", "The message is on its way again.",
            "deleted", "The endpoint is deleted.");

    private final String path;
    private final String section;
    private final String templates;
    private final boolean forOperators;

    private WebhookPages(String path, String section, String templates, boolean forOperators) {
        this.path = path;
        this.section = section;
        this.templates = templates;
        this.forOperators = forOperators;
    }

    /** Adds the pages for customers. */
    public static void addForCustomers(Routes routes) {
        WebhookPages pages = new WebhookPages("/my/account/webhooks", "account", "", false);
        pages.add(
                (path, handler) -> routes.showVisitor(path, handler).needs(Permission.MANAGE_WEBHOOKS),
                routes::acceptVisitor,
                routes::acceptVisitor);
    }

    /** Adds the pages for administrators, who also see the endpoints of customers. */
    public static void addForAdministrators(Routes routes) {
        WebhookPages pages = new WebhookPages("/admin/webhooks", "admin-webhooks", "admin/", true);
        pages.add(
                routes::showOperator,
                routes::acceptAdministrator,
                (path, handler) -> routes.acceptOperator(path, Permission.RESEND, handler));
    }

    private void add(
            BiConsumer<String, VisitorHandler> show,
            BiConsumer<String, VisitorHandler> accept,
            BiConsumer<String, VisitorHandler> resend) {
        String one = path + "/{endpoint}";
        String message = one + "/messages/{message}";
        show.accept(path, (exchange, visitor) -> renderAll(exchange, visitor, 200, new Form()));
        accept.accept(path, this::create);
        show.accept(one, this::show);
        accept.accept(one, this::change);
        accept.accept(one + "/secret", this::showSecret);
        accept.accept(one + "/rotate", this::rotate);
        accept.accept(one + "/token", this::replaceToken);
        accept.accept(one + "/test", this::test);
        accept.accept(one + "/disable", this::disable);
        accept.accept(one + "/enable", this::enable);
        accept.accept(one + "/recover", this::recover);
        show.accept(one + "/delete", this::askToDelete);
        accept.accept(one + "/delete", this::delete);
        show.accept(message, this::showMessage);
        resend.accept(message + "/resend", this::resend);
    }

    private static WebhookEndpoint endpoint(PortalExchange exchange, Visitor visitor) {
        return visitor.saas()
                .webhooks()
                .find(new WebhookEndpointId(exchange.pathId("endpoint")))
                .orElseThrow(PageFailure::notFound);
    }

    private String path(WebhookEndpoint endpoint) {
        return path + "/" + endpoint.id().value();
    }

    /** Redirects, so that reloading the page that shows the secret creates no other endpoint. */
    private void create(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = sent(exchange);
        if (form.isFine()) {
            WebhookEndpoint wanted = applied(exchange, WebhookEndpoint.builder(form.value("url")), form)
                    .customerId(customer(visitor))
                    .signing(
                            form.value("signing").equals("ed25519")
                                    ? WebhookSigning.ED25519
                                    : WebhookSigning.HMAC_SHA256)
                    .build();
            try {
                String token = exchange.param(TOKEN);
                Webhooks webhooks = visitor.saas().webhooks();
                WebhookEndpoint created =
                        (token.isEmpty() ? webhooks.create(wanted) : webhooks.create(wanted, token)).endpoint();
                showSecretNext(exchange, visitor, created);
                exchange.redirect(path(created) + "?done=created");
                return;
            } catch (SaasException e) {
                refuse(form, e);
            }
        }
        renderAll(exchange, visitor, 422, form);
    }

    private @Nullable CustomerId customer(Visitor visitor) {
        return forOperators ? null : visitor.customer();
    }

    private static Form sent(PortalExchange exchange) {
        Form form = Form.sent(exchange, "url", "description", "signing", "order", FORMAT, "metric", "code", "subject");
        form.set(EVENTS, String.join(" ", exchange.params(TYPE)));
        form.require("url", "Enter the URL that receives the events.");
        return form;
    }

    private WebhookEndpoint.Builder applied(PortalExchange exchange, WebhookEndpoint.Builder to, Form form) {
        if (forOperators) {
            to.usageFormat(format(form))
                    .usageMetric(orNull(form.value("metric")))
                    .usageCode(orNull(form.value("code")))
                    .usageSubject(orNull(form.value("subject")));
        }
        return to.url(form.value("url"))
                .description(form.value("description"))
                .eventTypes(exchange.params(TYPE))
                .inOrder(form.ticked("order"));
    }

    private static @Nullable UsageFormat format(Form form) {
        return Stream.of(UsageFormat.values())
                .filter(each -> word(each).equals(form.value(FORMAT)))
                .findFirst()
                .orElse(null);
    }

    private static String word(@Nullable UsageFormat format) {
        return format == null ? "" : format.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static void refuse(Form form, SaasException e) {
        if (e.category() != ErrorCategory.INVALID_INPUT && e.category() != ErrorCategory.CONFLICT) {
            throw e;
        }
        form.refuse("", String.valueOf(e.getMessage()));
    }

    private void renderAll(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        Filter<WebhookEndpoint> shown =
                forOperators ? Filter.all() : Filter.equal(WebhookEndpoint.CUSTOMER_ID, visitor.customer());
        Listing listing = Listing.of(exchange, path);
        List<WebhooksView.Row> rows = listing.read(visitor.saas().webhooks(), shown, "created", KEYS).stream()
                .map(each -> new WebhooksView.Row(
                        each.id().value(),
                        each.url(),
                        each.description(),
                        each.customerId() == null ? "" : each.customerId().toString(),
                        state(each),
                        Moment.of(each.createdAt())))
                .toList();
        Set<String> chosen = Set.copyOf(List.of(form.value(EVENTS).split(" ")));
        exchange.render(
                status == 200 ? listing.status() : status,
                templates + "webhooks",
                exchange.page("Webhooks", section, NOTICES.get(exchange.param("done"))),
                new WebhooksView(path, rows, listing.controls(), events(forOperators, chosen), forOperators, form));
    }

    private static List<EventChoice> events(boolean all, Set<String> chosen) {
        Stream<EventType> types = all ? Stream.of(EventType.values()) : WebhookEvents.forCustomers().stream();
        return types.map(WebhookEvents::name)
                .sorted()
                .map(each -> new EventChoice(each, chosen.contains(each)))
                .toList();
    }

    private static Badge state(WebhookEndpoint endpoint) {
        if (!endpoint.enabled()) {
            return new Badge("Disabled", "off");
        }
        return endpoint.failures() > 0 ? new Badge("Failing", "bad") : new Badge("Enabled", "good");
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        render(exchange, visitor, 200, endpoint, stored(endpoint));
    }

    private static Form stored(WebhookEndpoint endpoint) {
        return new Form()
                .set("url", endpoint.url())
                .set("description", endpoint.description())
                .set("order", endpoint.inOrder() ? "true" : "")
                .set(FORMAT, word(endpoint.usageFormat()))
                .set("metric", Objects.requireNonNullElse(endpoint.usageMetric(), ""))
                .set("code", Objects.requireNonNullElse(endpoint.usageCode(), ""))
                .set("subject", Objects.requireNonNullElse(endpoint.usageSubject(), ""))
                .set(EVENTS, String.join(" ", endpoint.eventTypes()));
    }

    private void render(PortalExchange exchange, Visitor visitor, int status, WebhookEndpoint endpoint, Form form)
            throws IOException {
        boolean onlyFailed = exchange.param("state").equals("failed");
        Query<WebhookMessage> query = Query.where(
                        onlyFailed
                                ? Filter.equal(WebhookMessage.STATE, WebhookMessageState.FAILED)
                                : Filter.<WebhookMessage>all())
                .orderByDescending(WebhookMessage.ID)
                .page(0, SHOWN);
        List<WebhookView.Row> messages = visitor.saas().webhooks().messages(endpoint.id(), query).stream()
                .map(each -> new WebhookView.Row(
                        each.id().value(),
                        each.type(),
                        each.eventId() == null ? "" : each.eventId().toString(),
                        state(each),
                        each.attempts(),
                        Moment.of(each.createdAt()),
                        Moment.orElse(each.dueAt(), "")))
                .toList();
        Set<String> chosen = Set.copyOf(List.of(form.value(EVENTS).split(" ")));
        exchange.render(
                status,
                templates + "webhook",
                exchange.page(
                        endpoint.description().isEmpty() ? "Webhook endpoint " + endpoint.id() : endpoint.description(),
                        section,
                        NOTICES.get(exchange.param("done"))),
                new WebhookView(
                        path,
                        path(endpoint),
                        state(endpoint),
                        endpoint.enabled(),
                        why(endpoint),
                        endpoint.signing() == WebhookSigning.ED25519 ? "ed25519" : "HMAC-SHA256",
                        secret(exchange, visitor, endpoint),
                        events(endpoint.customerId() == null, chosen),
                        endpoint.usageFormat() != null,
                        messages,
                        onlyFailed,
                        form));
    }

    /** The browser keeps the number of the endpoint until the next page, and never the secret. */
    private static void showSecretNext(PortalExchange exchange, Visitor visitor, WebhookEndpoint endpoint) {
        exchange.keepForNextPage(visitor, COOKIE, endpoint.id().toString());
    }

    private static String secret(PortalExchange exchange, Visitor visitor, WebhookEndpoint endpoint) {
        return exchange.takeKept(visitor, COOKIE)
                .filter(endpoint.id().toString()::equals)
                .map(wanted -> visitor.saas().webhooks().secret(endpoint.id()))
                .orElse("");
    }

    private static String why(WebhookEndpoint endpoint) {
        if (endpoint.disabledReason() != null) {
            return endpoint.disabledReason();
        }
        return endpoint.failures() == 0
                ? ""
                : "The last " + (endpoint.failures() == 1 ? "attempt" : endpoint.failures() + " attempts")
                        + " failed. An endpoint is disabled if all attempts fail for five days.";
    }

    private static Badge state(WebhookMessage message) {
        return switch (message.state()) {
            case WAITING -> new Badge(message.attempts() == 0 ? "Waiting" : "Waiting for another attempt", "busy");
            case DELIVERED -> new Badge("Delivered", "good");
            case FAILED -> new Badge("Failed", "bad");
        };
    }

    private void change(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        Form form = sent(exchange);
        if (form.isFine()) {
            try {
                visitor.saas()
                        .webhooks()
                        .update(
                                endpoint.id(),
                                each -> applied(exchange, each.toBuilder(), form)
                                        .build());
                exchange.redirect(path(endpoint) + "?done=saved");
                return;
            } catch (SaasException e) {
                refuse(form, e);
            }
        }
        render(exchange, visitor, 422, endpoint, form);
    }

    private void showSecret(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        showSecretNext(exchange, visitor, endpoint);
        exchange.redirect(path(endpoint));
    }

    private void rotate(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        visitor.saas().webhooks().rotateSecret(endpoint.id());
        showSecretNext(exchange, visitor, endpoint);
        exchange.redirect(path(endpoint) + "?done=rotated");
    }

    private void replaceToken(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        try {
            visitor.saas().webhooks().replaceToken(endpoint.id(), orNull(exchange.param(TOKEN)));
            exchange.redirect(path(endpoint) + "?done=token");
        } catch (SaasException e) {
            Form form = stored(endpoint);
            refuse(form, e);
            render(exchange, visitor, 422, endpoint, form);
        }
    }

    private void test(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        visitor.saas().webhooks().sendTest(endpoint.id());
        exchange.redirect(path(endpoint) + "?done=tested");
    }

    private void disable(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        visitor.saas().webhooks().disable(endpoint.id(), "Disabled in the portal.");
        exchange.redirect(path(endpoint) + "?done=disabled");
    }

    private void enable(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        visitor.saas().webhooks().enable(endpoint.id());
        exchange.redirect(path(endpoint) + "?done=enabled");
    }

    private void recover(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        Instant since;
        try {
            since = LocalDate.parse(exchange.param("since"))
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
        } catch (DateTimeParseException e) {
            Form form = stored(endpoint);
            form.refuse("since", "Enter a day.");
            render(exchange, visitor, 422, endpoint, form);
            return;
        }
        visitor.saas().webhooks().recover(endpoint.id(), since);
        exchange.redirect(path(endpoint) + "?done=recovering");
    }

    private void askToDelete(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        exchange.render(
                templates + "delete-webhook",
                exchange.page("Delete this endpoint?", section),
                new DeleteWebhookView(path(endpoint), endpoint.url()));
    }

    private void delete(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().webhooks().delete(endpoint(exchange, visitor).id());
        exchange.redirect(path + "?done=deleted");
    }

    private static WebhookMessage message(PortalExchange exchange, Visitor visitor, WebhookEndpoint endpoint) {
        Filter<WebhookMessage> one = Filter.equal(WebhookMessage.ID, new WebhookMessageId(exchange.pathId("message")));
        return visitor.saas().webhooks().messages(endpoint.id(), Query.where(one)).stream()
                .findFirst()
                .orElseThrow(PageFailure::notFound);
    }

    private void showMessage(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        WebhookMessage message = message(exchange, visitor, endpoint);
        List<WebhookMessageView.Row> attempts = visitor.saas().webhooks().attempts(message.id()).stream()
                .map(WebhookPages::row)
                .toList();
        exchange.render(
                templates + "webhook-message",
                exchange.page("Message " + message.type(), section, NOTICES.get(exchange.param("done"))),
                new WebhookMessageView(
                        path(endpoint),
                        path(endpoint) + "/messages/" + message.id().value(),
                        message.type(),
                        message.webhookId(),
                        state(message),
                        endpoint.enabled() && message.state() != WebhookMessageState.WAITING,
                        attempts));
    }

    private static WebhookMessageView.Row row(WebhookAttempt attempt) {
        return new WebhookMessageView.Row(
                Moment.of(attempt.at()),
                attempt.status() == null ? "None" : attempt.status().toString(),
                attempt.error() == null ? "" : attempt.error(),
                attempt.milliseconds());
    }

    private void resend(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        WebhookMessage message = message(exchange, visitor, endpoint);
        visitor.saas().webhooks().resend(message.id());
        exchange.redirect(path(endpoint) + "/messages/" + message.id().value() + "?done=resent");
    }
}
