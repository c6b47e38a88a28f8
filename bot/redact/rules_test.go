package redact

import (
	"slices"
	"strings"
	"testing"
)

const (
	noState  = ""
	codes    = "code"
	password = "password"
	both     = "both"
)

func state(s string) Context {
	return Context{ExpectCode: s == codes || s == both, ExpectPassword: s == password || s == both}
}

type rule struct{ expects, text, want string }

func hold(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		if got, _ := Text(markers.Replace(r.text), state(r.expects)); got != r.want {
			t.Errorf("%q while %q is expected:\n got %q\nwant %q", r.text, r.expects, got, r.want)
		}
	}
}

func TestPasswordRules(t *testing.T) {
	hold(t, []rule{
		// the cue and a colon, an equals sign, a copula
		{noState, "password: hunter2", "password: [removed: password]"},
		{noState, "pwd=hunter2", "pwd=[removed: password]"},
		{noState, "Password:\nhunter2", "Password:\n[removed: password]"},
		{noState, "my password is sunshine", "my password is [removed: password]"},
		{noState, "my password is sunshine and it fails", "my password is [removed: password] and it fails"},
		{noState, "password sunshine", "password [removed: password]"},
		{noState, "пароль это Зима2024", "пароль это [removed: password]"},
		{noState, "mi contraseña es Perro123!", "mi contraseña es [removed: password]"},
		{noState, "a senha é flor_99.", "a senha é [removed: password]"},
		{noState, "密码是abc12345，登录不了", "密码是[removed: password]，登录不了"},
		{noState, "我把密码改成qwerty7了", "我把密码改成[removed: password]了"},
		// what is glued to a password goes too
		{noState, "password Perro123!", "password [removed: password]"},
		{noState, "password: ~x9_Kz4~", "password: [removed: password]"},
		{noState, "the password (Tiger_77!) fails", "the password ([removed: password]) fails"},
		// in front of the cue
		{noState, "Summer2024! is my password", "[removed: password] is my password"},
		{noState, "Gato1242!! é a minha senha", "[removed: password] é a minha senha"},
		{noState, "1234567 — мой пароль", "[removed: password] — мой пароль"},
		{noState, "I put Tiger99 as my password", "I put [removed: password] as my password"},
		{noState, "puse estrella como contraseña", "puse [removed: password] como contraseña"},
		// beside a login
		{noState, "login/password: anna/Secret99", "login/password: [removed: password]"},
		{noState, "login/password: anna Secret99", "login/password: anna [removed: password]"},
		{noState, "login/password: anna@mail.example/Secret99", "login/password: anna@mail.example/[removed: password]"},
		// in quotes, with spaces
		{noState, `my password is "blue horse staple"`, `my password is "[removed: password]"`},
		// a word of change
		{noState, "I changed the password to Tiger_99 today", "I changed the password to [removed: password] today"},
		{noState, "сменил пароль на котик77", "сменил пароль на [removed: password]"},
		// another script
		{noState, "пароль qwerty не подходит", "пароль [removed: password] не подходит"},
		// further on in the sentence
		{noState, "the password for my AliExpress account is Kx9$abcd", "the password for my AliExpress account is [removed: password]"},
		{noState, "contraseña actual: Kx9abcd", "contraseña actual: [removed: password]"},
		// the same again
		{noState, "my password is tiger99x. tiger99x fails", "my password is [removed: password] [removed: password] fails"},
	})
}

func TestNoPassword(t *testing.T) {
	for _, s := range []string{
		"I forgot my password", "password reset link is broken", "my password is wrong", "The password is not accepted and I am locked out",
		"password incorrect", "Is a password manager OK to use?", "пароль не подходит", "Пароль от почты или от сайта?", "mi contraseña no funciona",
		"la contraseña está bien escrita", "minha senha está certa", "密码错误怎么办", "密码为什么不对", "password: I forgot it", "my password expired 30 days ago",
		`"I forgot my password" "human"`, "restablecer contraseña por favor", "You can make a password: use the link", "oh no I just typed my password to you",
		"change password for order 8123456789012345", "This is my password problem", "What is my password?", "password reset for anna@mail.example",
		"Password must have 8 characters", "Windows11 wants a password", "I get error SYS_2031 with my password", "[removed: password]", "the password is [removed: password]",
	} {
		if got, kinds := Text(s, Context{}); got != s || kinds != nil {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestCodeRules(t *testing.T) {
	hold(t, []rule{
		{noState, "the code is 482913", "the code is [removed: code]"},
		{noState, "code 482 913", "code [removed: code]"},
		{noState, "482-913 is the code", "[removed: code] is the code"},
		{noState, "482 913 is the code", "[removed: code] is the code"},
		{noState, "G-482913 is your Google verification code", "[removed: code] is your Google verification code"},
		{noState, "код подтверждения 7KQ2ZD", "код подтверждения [removed: code]"},
		{noState, "your code: KDJFWQ", "your code: [removed: code]"},
		{noState, "验证码是482913", "验证码是[removed: code]"},
		{noState, "482913 is what it says", "[removed: code] is what it says"},
		{noState, "code: 482913. I typed 482913 twice", "code: [removed: code]. I typed [removed: code] twice"},
		// what is no code
		{noState, "promo code SALE20", "promo code SALE20"},
		{noState, "zip code 90210", "zip code 90210"},
		{noState, "código postal 28013", "código postal 28013"},
		{noState, "код ошибки 1002", "код ошибки 1002"},
		{noState, "错误代码 10060", "错误代码 10060"},
		{noState, "the code for order 81234567", "the code for order 81234567"},
		{noState, "code sent to +1 202 555 0147", "code sent to +1 202 555 0147"},
		{noState, "no code since 2018", "no code since 2018"},
		{noState, "waited for the code 1440 minutes", "waited for the code 1440 minutes"},
		{noState, "code came on 2024-05-12", "code came on 2024-05-12"},
	})
}

// TestStates holds the same texts in each state (S-04).
func TestStates(t *testing.T) {
	hold(t, []rule{
		{noState, "482913", "482913"}, {codes, "482913", "[removed: code]"}, {password, "482913", "482913"}, {both, "482913", "[removed: code]"},
		{noState, "7KQ2ZD", "7KQ2ZD"}, {codes, "7KQ2ZD", "[removed: code]"}, {password, "7KQ2ZD", "7KQ2ZD"},
		{noState, "I got 482 913", "I got 482 913"}, {codes, "I got 482 913", "I got [removed: code]"},
		{codes, "1234", "[removed: code]"}, {codes, "12345678", "[removed: code]"}, {codes, "123", "123"}, {codes, "123456789", "123456789"},
		{codes, "收到了387397", "收到了[removed: code]"},
		{codes, "KDJFWQ", "[removed: code]"}, {noState, "KDJFWQ", "KDJFWQ"}, {codes, "thanks", "thanks"}, {codes, "kdjfwq", "[removed: code]"},
		{codes, "order 482913", "order 482913"}, {codes, "I paid 4829 rubles", "I paid 4829 rubles"}, {codes, "since 2018", "since 2018"},
		{codes, "12.05.2024", "12.05.2024"}, {codes, "+1 202 555 0147", "+1 202 555 0147"},
		{noState, "tiger_99x", "tiger_99x"}, {codes, "tiger_99x", "tiger_99x"}, {password, "tiger_99x", "[removed: password]"}, {both, "tiger_99x", "[removed: password]"},
		{password, "I typed tiger_99x!", "I typed [removed: password]"}, {noState, "I typed tiger_99x!", "I typed tiger_99x!"},
		{password, "it does not work on iphone12", "it does not work on iphone12"}, {password, "thanks", "thanks"},
		{password, "anna@mail.example", "anna@mail.example"}, {password, "AE-12345678", "AE-12345678"},
		{noState, "Tr0ub4dor&3Zx", "[removed: password]"}, // no state is needed for one like this
	})
}

func TestFormRules(t *testing.T) {
	jwt := "{eyj}hbGciOiJIUzI1NiJ9.{eyj}zdWIiOiIxMjM0In0.abcdefghijklmnop"
	hold(t, []rule{
		{noState, "card 4111 1111 1111 1111 cvv 123", "card [removed: card] cvv [removed: card code]"},
		{noState, "4111-1111-1111-1111 06/27 123", "[removed: card] 06/27 [removed: card code]"},
		{noState, "378282246310005", "[removed: card]"},
		{noState, "order number 4111111111111111", "order number 4111111111111111"},
		{noState, "card number 4111111111111111", "card number [removed: card]"},
		{noState, "4111111111111112", "4111111111111112"}, // the check digit does not fit
		{noState, "to GB82 WEST 1234 5698 7654 32 please", "to [removed: bank account] please"},
		{noState, "DE89370400440532013000", "[removed: bank account]"},
		{noState, "DE89370400440532013001", "DE89370400440532013001"},
		{noState, "parcel LP00743886605294", "parcel LP00743886605294"},
		{noState, "Bearer " + jwt, "Bearer [removed: session]"},
		{noState, "bot 1234567890{aa}EhBOweik6ad9r_QXMENQjcrGbqCr4K-bc", "bot [removed: token]"},
		{noState, `{"token":"1234567890{aa}EhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"}`, `{"token":"[removed: token]"}`},
		{noState, "x {pembegin} PRIVATE KEY-----\nAAAA\n{pemend} PRIVATE KEY----- y", "x [removed: private key] y"},
		{noState, "{pembegin} PRIVATE KEY-----\nAAAA cut off", "[removed: private key]"},
		{noState, "abandon ability able about above absent absorb abstract absurd abuse access accident", "[removed: recovery phrase]"},
		{noState, "abandon ability able about abuve absent absorb abstract absurd abuse access accident", "[removed: recovery phrase]"}, // one is mistyped
		{noState, "1. abandon 2. ability 3. able 4. about 5. above 6. absent 7. absorb 8. abstract 9. absurd", "1. [removed: recovery phrase]"},
		{noState, "about able above", "about able above"},
		{noState, "codes: 1a2b-3c4d 5e6f-7a8b 9c0d-1e2f 3a4b-5c6d", "codes: [removed: backup codes]"},
		{noState, "1234 5678\n2345 6789\n3456 7890\n4567 8901", "[removed: backup codes]"},
		{noState, "https://a.example/reset?token=abcdef", "https://a.example/reset?[removed: link]"},
		{noState, "https://a.example/reset/A1b2C3d4E5f6G7h8", "https://a.example/reset/[removed: link]"},
		{noState, "https://a.example/help", "https://a.example/help"},
		{noState, "pass\u200bword: hunter2", "password: [removed: password]"},
	})
	// An ordinary link loses its query without anybody being told.
	if got, kinds := Text("https://a.example/item?id=7", Context{}); got != "https://a.example/item?[removed: link]" || kinds != nil {
		t.Errorf("got %q, %v", got, kinds)
	}
	if _, kinds := Text("code 482913, password: hunter2, code 582913", Context{}); !slices.Equal(kinds, []Kind{Code, Password}) {
		t.Errorf("kinds %v", kinds)
	}
}

// TestPathsAreNoSecrets: the config refuses what this package calls a secret,
// and names files.
func TestPathsAreNoSecrets(t *testing.T) {
	for _, s := range []string{
		"/var/lib/latchkey/data.db", "/home/Anna2/Projects_2024/flows", "./packs/en-US/flows.yaml", `C:\Users\Anna\Data_2024\x.db`, "file:/run/secrets/bot_token", "env:LATCHKEY_TELEGRAM_TOKEN",
		"127.0.0.1:8080", "https://help.example.com/desk", "node-1", "Europe/Madrid", "postgres://latchkey@db/latchkey",
	} {
		if got, kinds := Text(s, Context{}); kinds != nil || got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestLongText(t *testing.T) {
	s := strings.Repeat("ж", MaxText)
	if got, _ := Text(s+" password: hunter2", Context{}); len(got) > MaxText || strings.Contains(got, "hunter2") {
		t.Errorf("%d bytes are kept", len(got))
	}
}
