package flows

import (
	"regexp"
	"strings"
)

// asker holds, for one language, how people ask for a secret in writing.
// Every expression is linear (RE2).
// stems are pieces of which each secret's name has one, and please is in every
// plea: they are looked for first, because that is much cheaper.
type asker struct {
	stems  []string
	please string
	noun   *regexp.Regexp // a secret
	photo  *regexp.Regexp // a picture of a document
	hand   *regexp.Regexp // "send us": asking by itself
	typing *regexp.Regexp // "enter", "type": asking only together with here
	here   *regexp.Regexp // in this chat, to us
	what   *regexp.Regexp // "what is your"
	plead  *regexp.Regexp // "your password, please"
	which  *regexp.Regexp // "which code": asking only in a typed question
	bare   *regexp.Regexp // "Password?": the same
	it     *regexp.Regexp // a word that stands for the secret named before
	not    *regexp.Regexp // makes it a warning
	news   *regexp.Regexp // "tell us whether …": asking for something else
	site   *regexp.Regexp // on the page: a document is shown there, not here
}

// words matches one of the alternatives as whole words.
func words(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + alternatives + `)(?:$|[^\pL\pN])`)
}

// bareWords matches a sentence of nothing but a secret's name.
func bareWords(before, noun string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^[^\pL\pN]*(?:(?:` + before + `) )*(?:` + noun + `)[^\pL\pN]*$`)
}

const (
	enNoun = `passwords?|passcodes?|passphrase|pin|pins|pin code|codes?|otp|cvv|cvc|card (?:number|details|data)|(?:recovery|seed|secret) (?:phrase|key|words)|backup codes?|security answer|(?:number|digits) (?:we|i) (?:sent|texted)`
	ruNoun = `парол[ьяюе]м?|пароли|код(?:а|у|ом|ы|ов)?|пин|пин-?код|cvv|cvc|номер карты|данные карты|(?:секретн|резервн|кодов)\pL+ (?:фраз|слов|код)\pL*`
	esNoun = `contraseñas?|claves?|código|códigos|codigo|codigos|pin|cvv|cvc|(?:número|datos) de (?:la |tu |su )?tarjeta|frase (?:de recuperación|semilla|secreta)`
)

var askers = map[string]asker{
	"en": {
		stems:  []string{"pass", "pin", "code", "otp", "cvv", "cvc", "card", "phrase", "key", "word", "answer", "number", "digit", "photo", "picture", "scan", "copy"},
		please: "please",
		noun:   words(enNoun),
		photo:  words(`(?:photo|picture|scan|copy) of your (?:id|passport|id card|driving licen[cs]e)`),
		hand:   words(`(?:send|tell|share|provide|forward|dictate)(?: it| them)?(?: over)?(?: to)? (?:me|us|your|here)|(?:give|read|show|text|message|dm|pm)(?: it| them)?(?: over)?(?: to)? (?:me|us|here)|give your (?:password|code|pin|card)|let (?:me|us) know (?:your|the)|(?:reply|answer) with|(?:send|tell|give|share|provide|forward|confirm|verify|repeat|quote|spell out)[^.?!]* (?:to us|to me|with us|with me|for us|for me|here)`),
		typing: words(`enter|type|write|paste|put|submit|post|drop|insert|fill in|attach|upload`),
		here:   words(`here|in this chat|in the chat|into the chat|in this window|below|to me|to us|in your (?:reply|answer|message)|as (?:a )?reply`),
		what:   words(`(?:what(?:'s|’s| is| was)|may i have|can i have|could i have|(?:i|we)(?:'ll|’ll| will)? (?:need|require)) (?:your|the)`),
		plead:  words(`(?:your|the) (?:\pL+ )?(?:` + enNoun + `),? please`),
		which:  words(`(?:what|which)(?: is| was| are)?(?: the| your| that)?(?: \pL+)? (?:` + enNoun + `)`),
		bare:   bareWords(`your|the|new|old|e-?mail|sms|this`, enNoun),
		it:     words(`it|them`),
		not:    words(`never|not|don't|don’t|dont|without|nobody|no one|no operator|won't|won’t`),
		news:   regexp.MustCompile(`(?i)(?:tell (?:me|us)|let (?:me|us) know|write(?: to us| to me)?(?: here)?) (?:whether|if|when|as soon as)(?:$|[^\pL]).*`),
		site:   words(`(?:on|in|at) (?:the|that|this|its) (?:\pL+ )?(?:page|site|website|form|app)`),
	},
	"ru": {
		stems:  []string{"парол", "код", "пин", "cvv", "cvc", "карты", "фраз", "слов", "паспорта", "документа"},
		please: "пожалуйста",
		noun:   words(ruNoun),
		photo:  words(`фото (?:паспорта|документа)|скан паспорта`),
		hand:   words(`пришлите|пришли (?:мне|нам|сюда|код|пароль)|отправьте|отправь|перешлите|сообщите|сообщи|назовите|назови|скажите|скажи|дайте|продиктуйте|покажите|вышлите|поделитесь|подтвердите (?:нам|мне)`),
		typing: words(`введите|введи|напишите|напиши|впишите|вставьте|укажите|наберите|приложите|загрузите`),
		here:   words(`сюда|здесь|в этот чат|в этом чате|в чат|в чате|мне|нам|в ответ|в ответном сообщении|ниже`),
		what:   words(`какой у вас|какой ваш|каков ваш|какой был|(?:мне|нам) (?:нужен|понадобится) ваш`),
		plead:  words(`(?:ваш\pL*|твой) (?:\pL+ )?(?:` + ruNoun + `),? пожалуйста`),
		which:  words(`(?:какой|какая|какие|каков)(?: \pL+)? (?:` + ruNoun + `)`),
		bare:   bareWords(`ваш|твой|новый|старый|этот`, ruNoun),
		it:     words(`его|её|их`),
		not:    words(`не|никогда|нельзя|никому|никто|без|ни`),
		news:   regexp.MustCompile(`(?i)(?:скажите|сообщите|напишите)(?: мне| нам| сюда| здесь)* (?:если|когда|как только)(?:$|[^\pL]).*`),
		site:   words(`на (?:этой |той )?(?:странице|сайте)|в (?:форме|приложении)`),
	},
	"es": {
		stems:  []string{"contrase", "clave", "digo", "pin", "cvv", "cvc", "tarjeta", "frase", "foto", "copia"},
		please: "por favor",
		noun:   words(esNoun),
		photo:  words(`(?:foto|copia) de (?:tu|su) (?:dni|pasaporte|documento)`),
		hand:   words(`envíame|enviame|envíanos(?:lo)?|envianos|envíe|enviarnos|enviarme|reenvíanos|reenvíame|mándame|mandame|mándanos(?:lo)?|mandanos|dime|dinos|dínoslo|díganos|dígame|decirme|decirnos|me dices|nos dices|dame|danos|deme|denos|darme|darnos|me das|nos das|pásame|pasanos|pásanos|compártenos|comparte tu|compártelo|facilítanos|facilítame|envía tu|envía el|manda tu|responde con`),
		typing: words(`escribe|escriba|escríbelo|introduce|introduzca|pon|ponga|teclea|pega|pegue|indica|indique|sube|adjunta`),
		here:   words(`aquí|aqui|en este chat|en el chat|abajo|a mí|a nosotros|en tu respuesta|en su respuesta|como respuesta`),
		what:   words(`cuál es tu|cual es tu|cuál es su|cuál era tu|necesito tu|necesitamos tu|necesitamos el|(?:voy|vamos) a necesitar (?:tu|el|la)`),
		plead:  words(`(?:tu|su|el|la) (?:` + esNoun + `),? por favor`),
		which:  words(`(?:cuál|cual|qué|que)(?: es| era| fue)?(?: el| la| tu| su)?(?: \pL+)? (?:` + esNoun + `)`),
		bare:   bareWords(`tu|su|el|la|nueva|este|esta`, esNoun),
		it:     words(`lo|la|los|las|escríbelo|compártelo|envíanoslo|mándanoslo|dínoslo`),
		not:    words(`no|nunca|jamás|nadie|sin|tampoco|ninguno`),
		news:   regexp.MustCompile(`(?i)(?:dime|dinos|dígame|díganos|escribe|escríbeme|escríbenos)(?: aquí)? (?:si|cuando|cuándo|en cuanto)(?:$|[^\pL]).*`),
		site:   words(`en (?:la|esa|esta|su) página|en el (?:sitio|formulario)|en la aplicación`),
	},
}

// harmlessAsk takes out what sounds like a secret and is none.
var harmlessAsk = regexp.MustCompile(`(?i)country code|post(?:al)? code|zip code|qr[- ]code|promo code|error code|код\pL* (?:страны|ошибки|города)|qr[- ]?код\pL*|почтовый индекс|código (?:postal|de país|de error|qr)|prefijo`)

// harmlessStems are pieces of which each match of harmlessAsk has one, whatever
// its capitals.
var harmlessStems = []string{"ode", "ODE", "од", "ОД", "ндекс", "НДЕКС", "digo", "DIGO", "refijo", "REFIJO"}

// clauseEnd splits a sentence where a new thing begins: a warning in one
// clause is none for the next.
var clauseEnd = regexp.MustCompile(`[,;:()—–]+\s*| - `)

// asksForSecret tells whether words ask the reader to give a secret away. In
// the words of an ask step (asks) whatever is asked for is typed here.
func asksForSecret(lang, text string, asks bool) (kind, phrase string) {
	a, ok := askers[lang]
	if !ok {
		a = askers["en"]
	}
	if !containsAny(strings.ToLower(text), a.stems) {
		return "", "" // as most texts: nothing below can find more
	}
	text = unquoted(text, " x ")
	if containsAny(text, harmlessStems) {
		text = harmlessAsk.ReplaceAllString(text, " x ")
	}
	for _, s := range sentences(text) {
		noun := a.noun.FindString(s)
		if noun == "" {
			noun = a.photo.FindString(s)
		}
		if noun != "" && a.asks(s, asks) {
			return strings.Trim(strings.TrimSpace(noun), ".,:;!?"), s
		}
	}
	return "", ""
}

// asks tells whether a sentence that names a secret asks for it.
func (a asker) asks(sentence string, typed bool) bool {
	if strings.Contains(strings.ToLower(sentence), a.please) {
		if at := a.plead.FindStringIndex(sentence); at != nil && !a.negated(sentence, at[0]) {
			return true
		}
	}
	if typed && a.bare.MatchString(sentence) {
		return true
	}
	named := false
	clauses := clauseEnd.Split(sentence, -1)
	for i, c := range clauses {
		if at := a.news.FindStringIndex(c); at != nil {
			c = c[:at[0]]
		}
		here := a.hereNext(clauses[i+1:])
		has := a.noun.MatchString(c) || a.photo.MatchString(c)
		if (has || named && a.it.MatchString(c)) && a.clauseAsks(c, here, typed) {
			return true
		}
		named = named || has
	}
	return false
}

// hereNext is the beginning of the clause after c, when it says where to type:
// "type the code, here in this chat", but not "…, and here — never".
func (a asker) hereNext(after []string) string {
	if len(after) == 0 {
		return ""
	}
	w := strings.Fields(after[0])
	next := strings.Join(w[:min(4, len(w))], " ")
	if a.not.MatchString(next) || len(after) > 1 && len(w) <= 3 && a.not.MatchString(after[1]) {
		return ""
	}
	return a.here.FindString(next)
}

func (a asker) clauseAsks(c, here string, typed bool) bool {
	if at := a.hand.FindStringIndex(c); at != nil && !a.negated(c, at[0]) {
		return true
	}
	if at := a.what.FindStringIndex(c); at != nil && !a.negated(c, at[0]) {
		return true
	}
	if typed && a.which.MatchString(c) {
		return true
	}
	at := a.typing.FindStringIndex(c)
	if at == nil || a.negated(c, at[0]) {
		return false
	}
	return typed || a.here.MatchString(c) || here != "" || a.photo.MatchString(c) && !a.site.MatchString(c)
}

// negated tells whether a negation stands within the five words before a
// verb: "never send us", but not "the code that you did not use, send it to us".
func (a asker) negated(c string, verb int) bool {
	before := strings.Fields(c[:verb])
	return a.not.MatchString(strings.Join(before[max(0, len(before)-5):], " "))
}

// teller matches, for one language, a statement that an account exists or not.
// stems are pieces of which each such statement has one; they are looked for
// first, because nearly no text has any.
type teller struct {
	stems        []string
	says, unless *regexp.Regexp
}

var tellers = map[string]teller{
	"en": {
		stems: []string{"regist", "known to us", "found", "find", "in our ", "exist", "account", "know"},
		says: words(`(?:this|that|your|the|an?) (?:e-?mail(?: address)?|address|account|phone(?: number)?|number|login|user(?:name)?)(?: [\pL'’]+){0,6}? (?:registered|known to us|unknown to us|found|in our (?:system|database|records)|exists?)` +
			`|(?:we|i)(?: have| do not| don't| don’t| cannot| can't| can’t| could not| couldn't| couldn’t| did not| didn't| didn’t)* (?:found|find|have|know)(?: no| an| any| your| that| this| such)+ (?:account|address|user|login)` +
			`|there is (?:no|an|already an) account (?:with|for|under)|no account (?:exists|was found)|you (?:do not|don't|don’t|already) have an account`),
		unless: words(`if|whether|may|might|says|say|see|when|even if|checks`),
	},
	"ru": {
		stems: []string{"зарегистрирован", "найден", "существ", "аккаунта", "учётной записи", "нашли"},
		says: words(`(?:этот|эта|ваш|ваша|такой|такая|данный) (?:адрес|аккаунт|номер|логин|почта|учётная запись)(?: \pL+){0,4}? (?:зарегистрирован\pL*|найден\pL*|существует)` +
			`|такого аккаунта нет|(?:аккаунта|учётной записи) (?:с таким|с этим) \pL+ (?:нет|не существует)|нет (?:аккаунта|учётной записи) (?:с таким|с этим) \pL+` +
			`|аккаунт (?:с таким|с этим) \pL+ (?:уже |не )?(?:существует|зарегистрирован|найден)|мы (?:не )?нашли (?:ваш|такой|этот) аккаунт|вы (?:не|уже) зарегистрированы`),
		unless: words(`если|ли|может|пишет|написано|видите|когда|проверит|проверяет`),
	},
	"es": {
		stems: []string{"registrad", "exist", "encontr", "hay ", "cuenta con"},
		says: words(`(?:este|ese|tu|su|esta|esa) (?:correo|dirección|cuenta|número|teléfono)(?: \pL+){0,2}? (?:no )?(?:está registrad[oa]|existe|fue encontrad[oa]|ya está registrad[oa])` +
			`|(?:no|ya) (?:existe|hay|tenemos) (?:ninguna |una )?cuenta con (?:este|ese|esa|esta)|(?:hemos encontrado|encontramos|encontré) (?:tu|su|la|esa|esta) cuenta|(?:no|ya) (?:estás|está usted) registrad[oa]`),
		unless: words(`si|puede|pone|dice|ves|cuando|comprueba`),
	},
}

// tellsAccount finds a statement that gives away whether an account exists. A
// question gives nothing away.
func tellsAccount(lang, text string) string {
	t, ok := tellers[lang]
	if !ok || !containsAny(strings.ToLower(text), t.stems) {
		return ""
	}
	for _, s := range sentences(unquoted(text, " x ")) {
		if !strings.Contains(s, "?") && t.says.MatchString(s) && !t.unless.MatchString(s) {
			return s
		}
	}
	return ""
}

func containsAny(s string, stems []string) bool {
	for _, stem := range stems {
		if strings.Contains(s, stem) {
			return true
		}
	}
	return false
}
