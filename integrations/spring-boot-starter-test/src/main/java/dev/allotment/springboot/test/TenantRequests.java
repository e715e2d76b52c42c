// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.tenant.CurrentTenant;
import jakarta.servlet.http.Cookie;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.ConfigurableMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcConfigurer;
import org.springframework.web.context.WebApplicationContext;

/** Sends requests of {@code MockMvc} that name no host to the current tenant's, with a session of its owner. */
final class TenantRequests implements BeanPostProcessor, MockMvcConfigurer {
    /** What the requests of {@code MockMvc} name by default. */
    private static final String NO_HOST = "localhost";

    private static final String SESSION = "session_id";

    private final ObjectProvider<Saas> saas;
    private final ObjectProvider<CurrentTenant> current;

    TenantRequests(ObjectProvider<Saas> saas, ObjectProvider<CurrentTenant> current) {
        this.saas = saas;
        this.current = current;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof ConfigurableMockMvcBuilder<?> builder) {
            builder.apply(this);
        }
        return bean;
    }

    @Override
    public RequestPostProcessor beforeMockMvcCreated(
            ConfigurableMockMvcBuilder<?> builder, WebApplicationContext context) {
        return request -> {
            if (request.getServerName().equals(NO_HOST)) {
                CurrentTenant tenant = current.getIfAvailable();
                if (tenant != null) {
                    tenant.find().ifPresent(each -> send(request, each));
                }
            }
            return request;
        };
    }

    private void send(MockHttpServletRequest request, Tenant tenant) {
        Saas all = saas.getObject();
        request.addHeader("Host", all.tenants().publicUrl(tenant).getAuthority());
        Cookie[] given = request.getCookies();
        Cookie[] cookies = given == null ? new Cookie[0] : given;
        if (Arrays.stream(cookies).noneMatch(cookie -> cookie.getName().equals(SESSION))) {
            Cookie session = new Cookie(
                    SESSION,
                    all.access()
                            .openSession(
                                    tenant.name(), TestTenant.owner(all, tenant).value()));
            request.setCookies(
                    Stream.concat(Arrays.stream(cookies), Stream.of(session)).toArray(Cookie[]::new));
        }
    }
}
