// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.RecordQuota;
import dev.allotment.SaasException;
import dev.allotment.core.internal.database.QuotaDomain;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuotaDomainTest {
    private static Filter<Object> of(String domain) {
        return QuotaDomain.of(new RecordQuota(0, "sale.order", domain, 1));
    }

    @Test
    void readsDomainsAsPythonAndJsonWriteThem() {
        Filter<Object> draft = Filter.equal(RecordField.named("state"), "it's");
        Filter<Object> active = Filter.equal(RecordField.named("active"), true);
        Filter<Object> old = Filter.compare(RecordField.named("age"), Filter.Operator.GREATER_OR_EQUAL, -3L);
        Map<String, Filter<Object>> expected = Map.of(
                "[]", Filter.all(),
                " [ ] ", Filter.all(),
                "[('state', '=', \"it's\"),]", draft,
                "[[\"state\",\"=\",\"it's\"],[\"active\",\"=\",true]]", Filter.and(draft, active),
                "['|', ('state','=',\"it's\"), '!', ('age', '>=', -3)]", Filter.or(draft, Filter.not(old)),
                "['&', ('active','=',True), ('age','>=',-3), ('state','=',\"it's\")]",
                        Filter.and(Filter.and(active, old), draft),
                "[('partner_id', '!=', False), ('note', '=', None)]",
                        Filter.and(
                                Filter.notEqual(RecordField.named("partner_id"), false),
                                Filter.equal(RecordField.named("note"), null)),
                "[('state', 'in', ['a', \"b\", 1])]", Filter.in(RecordField.named("state"), List.of("a", "b", 1L)),
                "[('state', 'not in', (null,))]",
                        Filter.not(Filter.in(RecordField.named("state"), Arrays.asList((Object) null))));

        expected.forEach((domain, filter) -> assertThat(of(domain)).as(domain).isEqualTo(filter));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "[]]",
                "[] or 1",
                "()",
                "[('state')]",
                "[('state','=')]",
                "[('state','=','a' 'b')]",
                "[('partner_id.name','=','x')]",
                "[('State','=','x')]",
                "[('state; drop','=','x')]",
                "[('state','like','x')]",
                "[('state','child_of',1)]",
                "[('state','in','x')]",
                "[('state','in',[[1]])]",
                "[('state','=',[1])]",
                "[('state','=',1.5)]",
                "[('state','=',99999999999999999999)]",
                "[('state','=',uid)]",
                "[('state','=',context_today())]",
                "[('state','=','a\\'b')]",
                "[('state','=','a\\\\')]",
                "[('state','=','open]",
                "['&', ('state','=','x')]",
                "['!']",
                "['x', ('state','=','x')]",
                "[[[[[[1]]]]]]"
            })
    void refusesDomainsThatADatabaseCannotEnforce(String domain) {
        assertThatThrownBy(() -> of(domain))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.CONFIGURATION_INVALID))
                .hasMessageContaining("sale.order");
    }
}
