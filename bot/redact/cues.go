package redact

import (
	"strings"
	"unicode/utf8"
)

// cue is what a word says about its neighbours.
type cue uint8

const (
	noCue cue = iota
	passwordCue
	codeCue
	cardCodeCue
	copula  // is, was, это, es, é, 是
	becomes // to, на, a, para, 改成
)

// cueWords are the words, in small letters, after or before which a secret
// may stand.
var cueWords = map[string]cue{
	// English
	"password": passwordCue, "passwd": passwordCue, "pwd": passwordCue, "pass": passwordCue, "passcode": passwordCue, "passphrase": passwordCue, "passwort": passwordCue, "pasword": passwordCue, "pw": passwordCue, "psw": passwordCue,
	"code": codeCue, "codes": codeCue, "otp": codeCue, "pin": codeCue, "passkey": noCue, "verification": codeCue, "2fa": codeCue, "pincode": codeCue,
	"to": becomes, "на": becomes, "para": becomes, "pra": becomes, "a": becomes, "por": becomes, "como": becomes, "改成": becomes, "改为": becomes, "换成": becomes, "设为": becomes, "設為": becomes,
	"цвв": cardCodeCue, "цвс": cardCodeCue, "安全码": cardCodeCue, "安全碼": cardCodeCue, "确认码": codeCue,
	"cvv": cardCodeCue, "cvc": cardCodeCue, "cvv2": cardCodeCue, "cvc2": cardCodeCue, "csc": cardCodeCue,
	"is": copula, "was": copula, "it's": copula, "its": copula, "it’s": copula, "equals": copula,
	// Russian
	"пароль": passwordCue, "пароля": passwordCue, "паролем": passwordCue, "пароли": passwordCue, "пасс": passwordCue, "пассворд": passwordCue,
	"код": codeCue, "кода": codeCue, "кодом": codeCue, "пин": codeCue, "пинкод": codeCue, "пин-код": codeCue, "коды": codeCue, "смс-код": codeCue,
	"это": copula, "был": copula, "такой": copula, "вот": copula, "—": copula, "–": copula, "-": copula, "→": copula,
	// Spanish and Portuguese
	"contraseña": passwordCue, "contrasena": passwordCue, "contraseñas": passwordCue, "clave": passwordCue, "senha": passwordCue, "contrasenya": passwordCue, "palavra-passe": passwordCue, "credentials": passwordCue,
	"código": codeCue, "codigo": codeCue, "códigos": codeCue, "codigos": codeCue,
	"es": copula, "era": copula, "é": copula, "e": copula, "foi": copula, "fue": copula, "seria": copula,
	// Chinese
	"密码": passwordCue, "密碼": passwordCue, "口令": passwordCue, "验证码": codeCue, "驗證碼": codeCue, "校验码": codeCue, "动态码": codeCue,
	"是": copula, "为": copula, "為": copula,
}

// hanCues are the Chinese cue words, which stand inside longer runs. The
// longer ones come first.
var hanCues = []string{
	"验证码", "驗證碼", "校验码", "动态码", "确认码", "安全码", "安全碼", "优惠码", "折扣码", "错误代码", "错误码", "邮政编码", "订单号", "运单号", "快递单号", "单号", "密码", "密碼", "口令", "改成", "改为", "设为", "設為", "换成", "卡号", "编号", "订单", "邮编", "电话", "手机号", "优惠券", "备用", "恢复", "我的", "是", "为", "為",
}

// hanFirst tells by the low byte of a character whether a cue word may begin
// with it.
var hanFirst = func() (out [256]bool) {
	for _, c := range hanCues {
		r, _ := utf8.DecodeRuneInString(c)
		out[byte(r)] = true
	}
	return out
}()

// hanCue is how many bytes of a Chinese run, which begins with r, are a cue
// word, 0 for none.
func hanCue(r rune, run string) int {
	if !hanFirst[byte(r)] {
		return 0
	}
	for _, c := range hanCues {
		if strings.HasPrefix(run, c) {
			return len(c)
		}
	}
	return 0
}

// cueLength is how many bytes of a run are a cue that a secret may be glued
// to: "password:", "pwd=", "login/password:". 0 when it begins with none.
func cueLength(run, low string) int {
	i := 0
	for n := min(len(run), 33); ; i++ {
		if i == n {
			return 0
		}
		if run[i] == ':' || run[i] == '=' {
			break
		}
	}
	word := strings.TrimLeft(low[:i], opening+"/")
	if k := strings.LastIndexAny(word, "/,|"); k >= 0 { // login/password:
		word = word[k+1:]
	}
	switch cueWords[strings.TrimRight(word, closing)] {
	case passwordCue, codeCue, cardCodeCue:
		return i
	}
	return 0
}

// harmless are words before "code" that make it something anybody may know.
var harmless = map[string]bool{
	"error": true, "zip": true, "postal": true, "post": true, "postcode": true, "country": true, "promo": true, "promotion": true, "coupon": true, "discount": true, "qr": true, "bar": true, "source": true, "area": true, "status": true, "tracking": true, "dress": true, "product": true, "item": true, "dial": true, "dialing": true, "referral": true, "invite": true, "gift": true, "color": true, "colour": true, "http": true, "response": true, "morse": true, "order": true, "reference": true, "voucher": true, "build": true,
	"ошибка": true, "ошибки": true, "почтовый": true, "промо": true, "страны": true, "товара": true, "трек": true,
	"postales": true, "país": true, "pais": true, "descuento": true, "promocional": true, "barras": true,
}

// harmlessAfter are words behind "code" that do the same ("code of the
// country", "код ошибки", "código postal").
var harmlessAfter = map[string]bool{
	"ошибки": true, "страны": true, "города": true, "товара": true, "региона": true, "отслеживания": true, "заказа": true, "валюты": true, "домофона": true, "купона": true,
	"postal": true, "error": true, "país": true, "pais": true, "qr": true, "promocional": true, "descuento": true, "barras": true, "producto": true, "rastreio": true, "seguimiento": true, "produto": true, "desconto": true, "cupom": true, "cupón": true, "barra": true, "pedido": true, "erro": true, "rastreamento": true,
}

// numbers are words after which a number is an order, a price, a phone, a
// place, an error: anything but a secret.
var numbers = set(`order orders № no no. nr number tracking track parcel package ticket case invoice item ref reference transaction id phone tel call contact zip postal postcode error http promo coupon voucher version build room flat apartment street postage
заказ заказа заказе заказу номер номера трек трек-номер посылка посылки посылку отправление телефон обращение тикет чек ошибка ошибки ошибку индекс промокод купон купона версия квартира
pedido pedidos orden número numero seguimiento paquete factura teléfono telefono móvil encomenda rastreio postal cep cupón cupom error erro versión versão fatura
订单 订单号 单号 运单号 快递单号 邮编 邮政编码 优惠码 折扣码 优惠券 电话 手机号 错误码 错误代码 编号`)

// units are words behind which, or glued to which, a number is an amount or a
// time.
var units = set(`$ € £ ¥ ₽ % usd eur rub brl cny gbp dollars dollar euros euro rubles pounds bucks min mins minute minutes hour hours hrs h day days week weeks month months year years times pm am kg km mb gb px st nd rd th s sec seconds pcs items people points coins
руб рублей рубля р минут минуты мин часов часа ч дней дня день недель недели месяцев года год году г лет раз раза штук шт долларов евро баллов
dólares pesos reais real minutos hora horas día días dia dias semanas meses año años ano anos veces vezes puntos pontos
元 块 年 月 日 天 分钟 分 小时 次 遍 个 号 岁 美元 欧元 卢布`)

// since are words after which four digits are a year.
var since = set(`in since from until of year after before during с в из от до года после desde en em de del do año ano até hasta 从 在 自`)

// follow are words that stand behind "password" or "password is" in ordinary
// sentences and are none themselves.
var follow = set(`use click tap press choose pick enter type open passwords broken short long simple
usa pulsa toca elige escribe abre favor contraseñas
нажмите нажми введи выберите откройте пароли
use toque clique digite escolha abra senhas
a about accepted account accounts actually again all already also always an and any anymore anyway are as asked at authentication back be because been being but by came can cannot cant can't change changed changes changing check code compromised confirm confirmation correct could couldnt delete deleted denied did didnt different do does doesnt doesn't done dont don't e-mail easy either email empty enough entered error even every exactly expired extremely field fine first for forever forgot forgotten from gone good got hacked had hard has hasnt have help here hint how however i if im in incorrect input instead into invalid is isnt isn't it itself just known last leaked letter link locked lol long lost mail manager managers maybe me missing must my need needed never new next no none not nothing now of off ok okay old on once one only or other our out over page please policy possible problem problems properly protected question questions recover recovery refused rejected remember remembered reminder required requirements reset resets resetting restore restoring right rules safe same saved saying says screen secret secure sent set settings should shown site so some something somehow soon still stolen stopped strong than thanks that the their them then there they thing this through time to today too twice unchanged unknown until update updated used useful valid very via wait want was wasnt way weak were what whatever when where which while who why will window with without wont work worked working works would write wrong yes yesterday yet you your yours
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

// mine are words between "is" and "password" in "x is my password".
var mine = set("my the our old new current login account мой моя мои наш старый новый mi mis nuestra la el minha a o meu mijn 我的")

// fillers stand between "password" and "is" or a colon, as in "the password
// for AliExpress I use is x".
var fillers = set(`for i use my the account of on with here site login now new old current actual that we set used at aliexpress email mail so actually
от для на моего мой у меня аккаунта сайта почты вот такой так вход входа
de la el mi que uso tengo cuenta para actual nueva antigua anterior vieja del correo
da do a o minha que eu conta atual nova antiga
我的 的 当前 我 一直 用`)

// adverbs stand between "is" and the password.
var adverbs = set("now still currently set to just simply always был была теперь сейчас ahora siempre agora sempre 现在")

// joins begin another clause or end this one.
var joins = set("and but so why it yesterday today и а но почему вчера сегодня ayer hoy ontem hoje 昨天 今天 y pero e mas porém por 但 但是")

// qualifiers stand between "code" and the code or before "code".
var qualifiers = set(`verification security confirmation access login 2fa sms number your the this is of for from my i got
подтверждения доступа входа из для смс письма безопасности мой ваш
de del verificación verificacion seguridad acceso confirmación mi tu el este que
verificação segurança acesso confirmação meu seu o da do`)

// brands are names that stand beside "password" in any script.
var brands = set("aliexpress google apple gmail email e-mail mail sms facebook telegram whatsapp instagram icloud paypal windows android iphone ios vk outlook yahoo hotmail wifi wi-fi alipay wechat qq samsung xiaomi huawei app id chrome firefox safari bitwarden keepass ok captcha url faq")

// changeStems begin the verbs for setting a password.
var changeStems = []string{"chang", "set", "reset", "put", "сменил", "помен", "измен", "постав", "установ", "cambi", "puse", "puso", "restablec", "troq", "troc", "mude", "mudo", "alter", "coloq", "coloc", "redefin", "改", "设", "把"}

// vague are words for a number that say nothing about what it is of.
var vague = set("number no no. nr № номер номера número numero 编号 id ref reference")

// meaning is what the lists say of a word that every word is looked up for.
type meaning struct {
	cue    cue
	number bool
}

var lexicon = func() map[string]meaning {
	out := make(map[string]meaning, len(cueWords)+len(numbers))
	for w, c := range cueWords {
		out[w] = meaning{cue: c}
	}
	for w := range numbers {
		m := out[w]
		m.number = true
		out[w] = m
	}
	return out
}()
