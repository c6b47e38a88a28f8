package redact

import "strings"

// cue is what a word says about its neighbours.
type cue int

const (
	noCue cue = iota
	passwordCue
	codeCue
	cardCodeCue
	copula // is, was, это, es, é, 是
)

// cueWords are the words, in small letters, after or before which a secret
// may stand.
var cueWords = map[string]cue{
	// English
	"password": passwordCue, "passwd": passwordCue, "pwd": passwordCue, "pass": passwordCue, "passcode": passwordCue, "passphrase": passwordCue, "passwort": passwordCue, "pasword": passwordCue, "pw": passwordCue, "psw": passwordCue,
	"code": codeCue, "codes": codeCue, "otp": codeCue, "pin": codeCue, "passkey": noCue, "verification": codeCue, "2fa": codeCue, "pincode": codeCue,
	"cvv": cardCodeCue, "cvc": cardCodeCue, "cvv2": cardCodeCue, "cvc2": cardCodeCue, "csc": cardCodeCue,
	"is": copula, "was": copula, "it's": copula, "its": copula, "it’s": copula, "equals": copula,
	// Russian
	"пароль": passwordCue, "пароля": passwordCue, "паролем": passwordCue, "пароли": passwordCue, "пасс": passwordCue, "пассворд": passwordCue,
	"код": codeCue, "кода": codeCue, "кодом": codeCue, "пин": codeCue, "пинкод": codeCue, "пин-код": codeCue, "коды": codeCue, "смс-код": codeCue,
	"это": copula, "был": copula, "такой": copula, "вот": copula, "—": copula, "–": copula, "-": copula, "→": copula,
	// Spanish and Portuguese
	"contraseña": passwordCue, "contrasena": passwordCue, "contraseñas": passwordCue, "clave": passwordCue, "senha": passwordCue, "contrasenya": passwordCue, "palavra-passe": passwordCue,
	"código": codeCue, "codigo": codeCue, "códigos": codeCue, "codigos": codeCue,
	"es": copula, "era": copula, "é": copula, "e": copula, "foi": copula, "fue": copula, "seria": copula,
	// Chinese
	"密码": passwordCue, "密碼": passwordCue, "口令": passwordCue, "验证码": codeCue, "驗證碼": codeCue, "校验码": codeCue, "动态码": codeCue,
	"是": copula, "为": copula, "為": copula,
}

// cueLength is how many bytes of a run are a cue that a secret may be glued
// to: "password:", "pwd=", "密码是". 0 when it begins with none.
func cueLength(run string) int {
	for _, zh := range []string{"密码", "密碼", "口令", "验证码", "驗證碼", "校验码", "动态码", "是", "为"} {
		if i := strings.Index(run, zh); i == 0 {
			return len(zh)
		} else if i > 0 && i <= 24 && i < len(run)-len(zh) {
			return i // what stands before it is a word of its own
		}
	}
	i := strings.IndexAny(run, ":=")
	if j := strings.Index(run, "："); j >= 0 && (i < 0 || j < i) {
		i = j
	}
	if i <= 0 || i > 32 {
		return 0
	}
	if c := cueWords[strings.ToLower(strings.TrimLeft(run[:i], opening+"/"))]; c == passwordCue || c == codeCue || c == cardCodeCue {
		return i
	}
	if k := strings.LastIndexAny(run[:i], "/,|"); k >= 0 { // login/password:
		if c := cueWords[strings.ToLower(run[k+1:i])]; c == passwordCue || c == codeCue {
			return i
		}
	}
	return 0
}

// harmless are words before "code" that make it something anybody may know.
var harmless = map[string]bool{
	"error": true, "zip": true, "postal": true, "post": true, "postcode": true, "country": true, "promo": true, "promotion": true, "coupon": true, "discount": true, "qr": true, "bar": true, "source": true, "area": true, "status": true, "tracking": true, "dress": true, "product": true, "item": true, "dial": true, "dialing": true, "referral": true, "invite": true, "gift": true, "color": true, "colour": true, "http": true, "response": true, "morse": true, "order": true, "reference": true,
	"ошибка": true, "ошибки": true, "почтовый": true, "промо": true, "страны": true, "товара": true, "трек": true,
	"postales": true, "país": true, "pais": true, "descuento": true, "promocional": true, "barras": true,
}

// harmlessAfter are words behind "code" that do the same ("code of the
// country", "код ошибки", "código postal").
var harmlessAfter = map[string]bool{
	"ошибки": true, "страны": true, "города": true, "товара": true, "региона": true, "отслеживания": true, "заказа": true, "валюты": true, "домофона": true,
	"postal": true, "error": true, "país": true, "pais": true, "qr": true, "promocional": true, "descuento": true, "barras": true, "producto": true,
}

// numbers are words after which a number is an order, a price, a phone.
var numbers = map[string]bool{
	"order": true, "orders": true, "№": true, "no": true, "no.": true, "number": true, "tracking": true, "track": true, "parcel": true, "ticket": true, "case": true, "invoice": true, "item": true, "ref": true, "reference": true, "transaction": true, "id": true, "phone": true, "tel": true, "call": true,
	"заказ": true, "заказа": true, "заказе": true, "заказу": true, "номер": true, "номера": true, "трек": true, "трек-номер": true, "посылка": true, "посылки": true, "телефон": true, "обращение": true, "тикет": true, "чек": true,
	"pedido": true, "pedidos": true, "orden": true, "número": true, "numero": true, "seguimiento": true, "paquete": true, "factura": true, "teléfono": true, "telefono": true, "encomenda": true, "rastreio": true,
	"订单": true, "订单号": true, "单号": true,
}

// follow are words that stand behind "password" or "password is" in ordinary
// sentences and are none themselves.
var follow = set(`a about accepted account accounts actually again all already also always an and any anymore anyway are as asked at authentication back be because been being but by came can cannot cant can't change changed changes changing check code compromised confirm confirmation correct could couldnt delete deleted denied did didnt different do does doesnt doesn't done dont don't e-mail easy either email empty enough entered error even every exactly expired extremely field fine first for forever forgot forgotten from gone good got hacked had hard has hasnt have help here hint how however i if im in incorrect input instead into invalid is isnt isn't it itself just known last leaked letter link locked lol long lost mail manager managers maybe me missing must my need needed never new next no none not nothing now of off ok okay old on once one only or other our out over page please policy possible problem problems properly protected question questions recover recovery refused rejected remember remembered reminder required requirements reset resets resetting restore restoring right rules safe same saved saying says screen secret secure sent set settings should shown site so some something somehow soon still stolen stopped strong than thanks that the their them then there they thing this through time to today too twice unchanged unknown until update updated used useful valid very via wait want was wasnt way weak were what whatever when where which while who why will window with without wont work worked working works would write wrong yes yesterday yet you your yours
а был была были было в вам ваш введен введён введи введите верный вернуть видно во войти восстановить вот все всё вы где говорит да дальше даже для должен если еще ещё забыл забыла забыт забыли заново здесь и из изменен изменён изменить или как какой когда который кто ли меня менял меняла мне мой можно мой на надо назад не неверен неверный недействителен нельзя неправильный нет ни никак новый ну нужен о об он она они от очень пароль пишет по подошел подошёл подходит пожалуйста поле помню поменял поменять поменялся после потом потерян потерял почему правильный при принимает принимается пришел пришёл просит просто работает раз с сайт сайта сам сброс сброса сбросить сейчас слетел слишком сложный сменить снова со сохранен сохранён старый страница также такой там теперь то тоже только точно тот у уже украли устарел утерян учетной учётной хочу чем что чтобы это этот я
actual actualizar ahora al algo anterior antes antigua aunque ayuda bien caducada caducado cambiada cambiar cambiarla cambio como con contiene correcta correcto correo cual cuando cuenta de débil del desde después diferente dos el ella en entrar equivocada es esa ese eso esta está este esto fue ha había he hoy igual incorrecta incorrecto inicio inválida la las lo los más me mi mía misma muy nada necesito ni no nueva nuevo nunca o olvidada olvidé olvide otra otro para pero perdida perdí por porque puedo que qué quiero recuerdo recuperar restablecer se segura ser si sí siempre sin sirve solo su también tampoco tengo tiene todavía todo tu un una válida ya yo
agora alterar anterior antiga aqui assim certa como da depois do e ela em era errada errado essa está esqueci esqueceu eu foi forte fraca já mais mas mesma meu minha muito na nada não nem nova o os ou para pela perdi pode por porque qual quando que quero recuperar redefinir sempre senha seu só sua também tem tenho trocar um uma você`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
