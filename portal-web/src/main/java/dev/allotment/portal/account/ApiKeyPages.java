// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.NewApiKey;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The API keys of a user. A new one requires the password, and its secret is shown once. */
final class ApiKeyPages {
    private static final String PATH = "/my/account/keys";
    private static final String TEAM = "team";
    private static final String NEVER = "never";
    private static final String YEAR = "365";
    private static final String USUAL = "90";
    private static final String COOKIE = "portal_key";

    void add(Routes routes) {
        routes.showVisitor(PATH, ApiKeyPages::show);
        routes.acceptVisitor(PATH, ApiKeyPages::create).proven();
        routes.showVisitor(PATH + "/{key}/revoke", ApiKeyPages::askRevoking);
        routes.acceptVisitor(PATH + "/{key}/revoke", ApiKeyPages::revoke);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        String secret = exchange.takeKept(visitor, COOKIE).orElse("");
        render(exchange, visitor, 200, new Form().set("days", USUAL), secret);
    }

    /** Redirects to the page that shows the secret, so that reloading that page does not create another key. */
    private static void create(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, "name", "scope", "number", "days");
        form.require("name", exchange.text("keys.name-needed"));
        ApiKeyScope scope = scope(exchange, form, visitor);
        Duration life = life(exchange, form, visitor);
        if (form.isFine() && scope != null) {
            try {
                NewApiKey wanted = new NewApiKey(
                        form.value("name"),
                        scope,
                        life == null ? null : exchange.site().clock().instant().plus(life));
                CreatedApiKey created = visitor.limited()
                        ? visitor.saas().apiKeys().create(wanted)
                        : visitor.saas().apiKeys().create(wanted, exchange.rawParam("proof"));
                exchange.keepForNextPage(visitor, COOKIE, created.secret());
                exchange.redirect(PATH + "?done=created");
                return;
            } catch (SaasException e) {
                refuse(exchange, form, e);
            }
        }
        render(exchange, visitor, 422, form, "");
    }

    private static void refuse(PortalExchange exchange, Form form, SaasException e) {
        if (e.code().equals(ErrorCodes.ACCESS_DENIED)) {
            form.refuse("proof", exchange.text("common.wrong-password"));
        } else if (e.code().equals(ErrorCodes.ACCESS_BUSY)) {
            form.refuse("proof", Message.of(exchange.texts(), e));
        } else if (e.category() == ErrorCategory.INVALID_INPUT || e.code().equals(ErrorCodes.API_KEY_LIMIT_REACHED)) {
            form.refuse("", Message.of(exchange.texts(), e));
        } else {
            throw e;
        }
    }

    private static @Nullable ApiKeyScope scope(PortalExchange exchange, Form form, Visitor visitor) {
        String kind = form.value("scope");
        if (visitor.limited() || kind.equals(TEAM)) {
            return ApiKeyScope.ofCustomer(visitor.customer());
        }
        if (kind.equals("customer") || kind.equals("plan")) {
            int number = form.numberOrRefuse("number", exchange.text("keys.number-wrong"));
            if (number == 0) {
                form.refuse("number", exchange.text("keys.number-needed"));
                return null;
            }
            return kind.equals("plan")
                    ? ApiKeyScope.ofPlan(new PlanId(number))
                    : ApiKeyScope.ofCustomer(new CustomerId(number));
        }
        return List.of(ApiKeyScope.READ_ONLY, ApiKeyScope.PAYMENTS).stream()
                .filter(each -> each.value().equals(kind))
                .findFirst()
                .orElse(ApiKeyScope.EVERYTHING);
    }

    /** Null: the key never expires. */
    private static @Nullable Duration life(PortalExchange exchange, Form form, Visitor visitor) {
        String days = form.value("days");
        if (days.equals(NEVER) && visitor.isOperator()) {
            return null;
        }
        if (choices(visitor, "").stream().noneMatch(each -> each.value().equals(days))) {
            form.refuse("days", exchange.text("keys.expiry-needed"));
            return null;
        }
        return Duration.ofDays(Integer.parseInt(days));
    }

    private static List<ApiKeysView.Choice> choices(Visitor visitor, String chosen) {
        List<ApiKeysView.Choice> choices = new ArrayList<>();
        for (String days : List.of("1", "7", "30", USUAL)) {
            choices.add(new ApiKeysView.Choice(
                    days, visitor.texts().plural("keys.in-days", Long.parseLong(days)), days.equals(chosen)));
        }
        if (visitor.isOperator()) {
            choices.add(new ApiKeysView.Choice(YEAR, visitor.texts().text("keys.in-a-year"), YEAR.equals(chosen)));
            choices.add(new ApiKeysView.Choice(NEVER, visitor.texts().text("common.never"), NEVER.equals(chosen)));
        }
        return choices;
    }

    private static ApiKey own(PortalExchange exchange, Visitor visitor) {
        return visitor.saas()
                .apiKeys()
                .find(new ApiKeyId(exchange.pathId("key")))
                .filter(each -> each.userId() == visitor.user().id().value())
                .orElseThrow(PageFailure::notFound);
    }

    private static void askRevoking(PortalExchange exchange, Visitor visitor) throws IOException {
        ApiKeyRow row = ApiKeyRow.of(own(exchange, visitor), exchange.texts());
        exchange.render("revoke-key", exchange.page(exchange.text("revoke-key.title", row.name()), "account"), row);
    }

    private static void revoke(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().apiKeys().revoke(own(exchange, visitor).id());
        exchange.redirect(PATH + "?done=revoked");
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Form form, String secret)
            throws IOException {
        Filter<ApiKey> own = Filter.equal(ApiKey.USER_ID, visitor.user().id().value());
        List<ApiKeyRow> rows = visitor.saas().apiKeys().list(Query.where(own).orderBy(ApiKey.NAME)).stream()
                .map(each -> ApiKeyRow.of(each, exchange.texts()))
                .toList();
        ApiKeysView view = new ApiKeysView(
                rows, form, secret, choices(visitor, form.value("days")), visitor.isOperator(), visitor.limited());
        exchange.render(
                status,
                "keys",
                exchange.page(exchange.text("common.api-keys"), "account", exchange.notice("keys")),
                view);
    }
}
