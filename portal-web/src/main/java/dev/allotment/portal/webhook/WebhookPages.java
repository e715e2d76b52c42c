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
import dev.allotment.portal.text.Message;
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
import dev.allotment.text.Texts;
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

    /** The record of the endpoint has it, for everyone who reads it. */
    private static final String DISABLED_HERE = "Disabled in the portal.";

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
                refuse(exchange, form, e);
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
        form.require("url", exchange.text("webhooks.url-needed"));
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

    private static void refuse(PortalExchange exchange, Form form, SaasException e) {
        if (e.category() != ErrorCategory.INVALID_INPUT && e.category() != ErrorCategory.CONFLICT) {
            throw e;
        }
        form.refuse("", Message.of(exchange.texts(), e));
    }

    private void renderAll(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        Filter<WebhookEndpoint> shown =
                forOperators ? Filter.all() : Filter.equal(WebhookEndpoint.CUSTOMER_ID, visitor.customer());
        Listing listing = Listing.of(exchange, path);
        List<WebhooksView.Row> rows =
                listing.read(visitor.saas().webhooks(), shown, "created", keys(exchange.texts())).stream()
                        .map(each -> new WebhooksView.Row(
                                each.id().value(),
                                each.url(),
                                each.description(),
                                each.customerId() == null
                                        ? ""
                                        : each.customerId().toString(),
                                state(each, exchange.texts()),
                                Moment.of(each.createdAt(), exchange.texts())))
                        .toList();
        Set<String> chosen = Set.copyOf(List.of(form.value(EVENTS).split(" ")));
        exchange.render(
                status == 200 ? listing.status() : status,
                templates + "webhooks",
                exchange.page(exchange.text("account.webhooks"), section, exchange.notice("webhooks")),
                new WebhooksView(path, rows, listing.controls(), events(forOperators, chosen), forOperators, form));
    }

    private static List<SortKey.Of<WebhookEndpoint>> keys(Texts texts) {
        return List.of(
                new SortKey.Of<>(
                        "created", texts.text("common.created"), SortKey.Kind.TIME, WebhookEndpoint.CREATED_AT),
                new SortKey.Of<>("url", texts.text("common.url"), SortKey.Kind.TEXT, WebhookEndpoint.URL));
    }

    private static List<EventChoice> events(boolean all, Set<String> chosen) {
        Stream<EventType> types = all ? Stream.of(EventType.values()) : WebhookEvents.forCustomers().stream();
        return types.map(WebhookEvents::name)
                .sorted()
                .map(each -> new EventChoice(each, chosen.contains(each)))
                .toList();
    }

    private static Badge state(WebhookEndpoint endpoint, Texts texts) {
        if (!endpoint.enabled()) {
            return new Badge(texts.text("webhook.state.disabled"), "off");
        }
        return endpoint.failures() > 0
                ? new Badge(texts.text("webhook.state.failing"), "bad")
                : new Badge(texts.text("webhook.state.enabled"), "good");
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
                        state(each, exchange.texts()),
                        each.attempts(),
                        Moment.of(each.createdAt(), exchange.texts()),
                        Moment.orElse(each.dueAt(), "", exchange.texts())))
                .toList();
        Set<String> chosen = Set.copyOf(List.of(form.value(EVENTS).split(" ")));
        exchange.render(
                status,
                templates + "webhook",
                exchange.page(
                        endpoint.description().isEmpty()
                                ? exchange.text("webhook.title", endpoint.id().toString())
                                : endpoint.description(),
                        section,
                        exchange.notice("webhooks")),
                new WebhookView(
                        path,
                        path(endpoint),
                        state(endpoint, exchange.texts()),
                        endpoint.enabled(),
                        why(endpoint, exchange.texts()),
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

    private static Message why(WebhookEndpoint endpoint, Texts texts) {
        String reason = endpoint.disabledReason();
        if (reason != null) {
            return reason.equals(DISABLED_HERE)
                    ? Message.of(texts.text("webhook.disabled-here"))
                    : Message.inEnglish(texts, reason);
        }
        return Message.of(endpoint.failures() == 0 ? "" : texts.plural("webhook.failing", endpoint.failures()));
    }

    private static Badge state(WebhookMessage message, Texts texts) {
        return switch (message.state()) {
            case WAITING ->
                new Badge(
                        texts.text(
                                message.attempts() == 0 ? "webhook.message.waiting" : "webhook.message.waiting-again"),
                        "busy");
            case DELIVERED -> new Badge(texts.text("webhook.message.delivered"), "good");
            case FAILED -> new Badge(texts.text("webhook.message.failed"), "bad");
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
                refuse(exchange, form, e);
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
            refuse(exchange, form, e);
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
        visitor.saas().webhooks().disable(endpoint.id(), DISABLED_HERE);
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
            form.refuse("since", exchange.text("webhook.day-needed"));
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
                exchange.page(exchange.text("delete-webhook.title"), section),
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
                .map(each -> row(each, exchange.texts()))
                .toList();
        exchange.render(
                templates + "webhook-message",
                exchange.page(
                        exchange.text("webhook-message.title", message.type()), section, exchange.notice("webhooks")),
                new WebhookMessageView(
                        path(endpoint),
                        path(endpoint) + "/messages/" + message.id().value(),
                        message.type(),
                        message.webhookId(),
                        state(message, exchange.texts()),
                        endpoint.enabled() && message.state() != WebhookMessageState.WAITING,
                        attempts));
    }

    private static WebhookMessageView.Row row(WebhookAttempt attempt, Texts texts) {
        return new WebhookMessageView.Row(
                Moment.of(attempt.at(), texts),
                attempt.status() == null
                        ? texts.text("webhook-message.no-status")
                        : attempt.status().toString(),
                Message.inEnglish(texts, attempt.error() == null ? "" : attempt.error()),
                attempt.milliseconds());
    }

    private void resend(PortalExchange exchange, Visitor visitor) throws IOException {
        WebhookEndpoint endpoint = endpoint(exchange, visitor);
        WebhookMessage message = message(exchange, visitor, endpoint);
        visitor.saas().webhooks().resend(message.id());
        exchange.redirect(path(endpoint) + "/messages/" + message.id().value() + "?done=resent");
    }
}
