// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.odoo.OdooServices;
import dev.allotment.odoo.OdooSettings;
import dev.allotment.odoo.fault.OdooFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Any values as arguments and domains of any method that reads. */
class ArgumentsFuzzTest {
    private static final OdooServices SERVICES = new OdooServices(FuzzedPortal.SAAS, OdooSettings.defaults());
    private static final String[] MODELS = {
        "res.users",
        "res.partner",
        "res.groups",
        "ir.config_parameter",
        "ir.module.module",
        "ir.model.data",
        "saas_portal.server",
        "saas_portal.plan",
        "saas_portal.client",
        "saas_portal.database",
        "saas.config"
    };
    private static final String[] METHODS = {
        "search",
        "search_read",
        "search_count",
        "read",
        "fields_get",
        "name_search",
        "name_get",
        "write",
        "context_get",
        "has_group",
        "get_param",
        "xmlid_to_res_id",
        "change_password",
        "generate_dbname"
    };
    private static final String[] FIELDS = {
        "id",
        "name",
        "login",
        "state",
        "plan_id",
        "plan_id.name",
        "partner_id.id",
        "groups_id",
        "create_date",
        "active",
        "expired",
        "max_users",
        "client_ids",
        "x"
    };
    private static final String[] OPERATORS = {
        "=", "!=", "<", ">", "<=", ">=", "in", "not in", "like", "ilike", "=like", "=ilike", "child_of", "~"
    };
    private static final int MAX_DEPTH = 5;

    @FuzzTest(maxDuration = "10m")
    void anyArgumentsAreAnsweredOrRefused(FuzzedDataProvider data) {
        boolean admin = data.consumeBoolean();
        List<Object> params = new ArrayList<>(List.of(
                data.pickValue(FuzzedPortal.databases()),
                admin ? 2 : 3,
                FuzzedPortal.PASSWORD,
                data.pickValue(MODELS),
                data.pickValue(METHODS)));
        params.add(list(data, 0));
        if (data.consumeBoolean()) {
            params.add(struct(data, 0));
        }
        try {
            assertThat(SERVICES.call("object", "execute_kw", params, "192.0.2.1"))
                    .isNotNull();
        } catch (OdooFault fault) {
            assertThat(fault.kind()).as("%s", params).isNotEqualTo(OdooFault.Kind.INTERNAL);
        }
    }

    private static @Nullable Object value(FuzzedDataProvider data, int depth) {
        return switch (data.consumeInt(0, depth < MAX_DEPTH ? 14 : 9)) {
            case 0 -> null;
            case 1 -> data.consumeBoolean();
            case 2 -> data.consumeInt();
            case 3 -> data.consumeLong();
            case 4 -> data.consumeDouble();
            case 5 -> data.consumeString(20);
            case 6 -> data.pickValue(FIELDS);
            case 7 -> data.pickValue(new String[] {"&", "|", "!"});
            case 8 -> data.consumeInt(0, 5);
            case 9 -> data.pickValue(new String[] {"2026-03-01 12:00:00", "2026-13-99", "", "name desc, id", "false"});
            case 10, 11 -> List.of(data.pickValue(FIELDS), data.pickValue(OPERATORS), orFalse(value(data, depth + 1)));
            case 12, 13 -> list(data, depth + 1);
            default -> struct(data, depth + 1);
        };
    }

    private static Object orFalse(@Nullable Object value) {
        return value == null ? false : value;
    }

    private static List<@Nullable Object> list(FuzzedDataProvider data, int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int count = data.consumeInt(0, 4); count > 0; count--) {
            list.add(value(data, depth));
        }
        return list;
    }

    private static Map<String, @Nullable Object> struct(FuzzedDataProvider data, int depth) {
        Map<String, @Nullable Object> struct = new LinkedHashMap<>();
        for (int count = data.consumeInt(0, 3); count > 0; count--) {
            String key = data.consumeBoolean()
                    ? data.pickValue(FIELDS)
                    : data.pickValue(new String[] {"domain", "fields", "offset", "limit", "order", "context", "args"});
            struct.put(key, value(data, depth));
        }
        return struct;
    }
}
