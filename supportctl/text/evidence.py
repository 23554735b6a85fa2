"""What a report tells an engineer: steps, what was expected, what happened on record, who is hit, and where.

Each kind is looked for by its headings, by the phrases people use for it, and by its shape (numbered lines, stack
traces, version numbers). A kind counts as told when one sign of it is there; the texts of a ticket are read together.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from supportctl.text.fold import fold


class Kind(StrEnum):
    STEPS = "steps"
    """How to make it happen."""
    EXPECTED = "expected and actual"
    """What should happen, and what does."""
    RECORD = "logs or attachment"
    """An error message word for word, a log, a trace, a picture."""
    IMPACT = "impact"
    """Who and how many are hit, and what they cannot do."""
    PLACE = "environment or version"
    """Where: version, system, browser, device, host, tenant."""


_NUMBERED = (
    r"^[ \t]*(?:\(?[1-9]\d?[.)\]:]|step \d|schritt \d|étape \d|paso \d|passo \d|stap \d|krok \d|"
    r"手順\s*\d|步骤\s*\d|[①-⑨])\s*\S[^\n]*"
)
_SIGNS = {
    Kind.STEPS: (
        rf"(?:{_NUMBERED}\n+(?:[^\n]*\n+){{0,3}}?){_NUMBERED}|"
        r"(?<!\w)(?:steps? to repro\w*|to repro\w*|repro(?:duction)? steps|reproduc\w+|how to repeat|"
        r"steps(?: taken| tried)?:|when (?:i|we|you|they|he|she|"
        r"users?|customers?|the customer|opening|clicking|trying|starting|sending|saving|logging|using|printing|"
        r"uploading|connecting)|"
        r"after (?:i|we|you|the customer|opening|clicking|updating|upgrading|restarting|logging|changing|"
        r"installing)|every time|as soon as|"
        r"tried|trying to|attempt\w* to|(?:i|we|you|customer|user) (?:click|open|press|select|enter|go to|start|"
        r"log in)\w*|"
        r"schritte|reproduzier\w+|nachstell\w+|nachvollzieh\w+|wenn (?:ich|wir|man|sie|der|die)|beim (?:öffnen|"
        r"klicken|starten|senden|speichern|anmelden|drucken|"
        r"aufruf\w*|versuch\w*|[a-zäöü]+en)|nachdem|sobald|versucht|jedes ?mal|"
        r"étapes|reprodui\w+|quand (?:je|on|nous|vous)|lorsqu\w+|après (?:avoir|le|la)|chaque fois|essay\w+|"
        r"dès que|en (?:cliquant|ouvrant|essayant)|"
        r"pasos|reproduc\w+|cuando|al (?:abrir|hacer|intentar|iniciar|enviar|guardar)|después de|cada vez|intent\w+|"
        r"passos|reproduz\w+|quando|ao (?:abrir|clicar|tentar|iniciar|enviar|salvar)|depois de|toda vez|tent(?:ei|"
        r"amos|ar|ando|ou)|"
        r"passaggi|riprodu\w+|dopo (?:aver|il|la)|ogni volta|provato|"
        r"stappen|reproduceer\w*|wanneer|als (?:ik|we|je)|bij het|nadat|telkens|geprobeerd|"
        r"kroki|odtworz\w+|kiedy|gdy|po (?:kliknięciu|otwarciu|zalogowaniu|uruchomieniu)|za każdym razem|"
        r"próbował\w+)(?!\w)|"
        r"再現|手順|すると|したとき|した時|しようと|を押|をクリック|步骤|重现|复现|点击|的时候|之后|尝试"
    ),
    Kind.EXPECTED: (
        r"(?<!\w)(?:expect\w*|actual(?:ly)?(?: result| behaviou?r)?|should|shouldn't|supposed to|instead|but|"
        r"however|yet|although|does not|doesn't|do not|don't|did not|"
        r"didn't|cannot|can't|could not|couldn't|will not|won't|is not|isn't|are not|no longer|fails?|failed|"
        r"failing|drops?|rejected|refused|unable|wrong|missing|broken|stuck|hangs?|crash\w*|"
        r"erwart\w+|sollte\w*|stattdessen|aber|jedoch|obwohl|nicht|kein\w*|tatsächlich\w*|fehlgeschlagen|"
        r"schlägt fehl|bricht ab|"
        r"attend\w*|devrait|au lieu|mais|pourtant|ne .{1,30} pas|n'\w+ pas|impossible|échou\w+|"
        r"esperad[oa]|esper[aá]\w*|deber[ií]a|en lugar|en vez|pero|no (?:se|me|nos|puedo|puede|podemos|funciona|"
        r"aparece|llega|hay|carga|abre)|falla\w*|"
        r"deveria|em vez|mas|porém|não|falha\w*|previst[oa]|dovrebbe|invece|ma|però|non|fallisc\w+|"
        r"verwacht\w*|zou moeten|maar|niet|geen|mislukt\w*|oczekiwan\w+|powin\w+|zamiast|ale|nie)(?!\w)|"
        r"期待|はず|本来|実際|のに|ません|できない|ない|失敗|预期|应该|但是|却|实际|不能|无法|失败|不"
    ),
    Kind.RECORD: (
        r"```|\{(?:code|noformat)[:}]|traceback \(most|(?m:^[ \t]+at [\w$.<>]+\()|(?m:^[ \t]*(?:caused by|"
        r"exception in)\b)|(?:exception|error)[:(]|"
        r"(?<!\w)\d{4}-\d\d-\d\d[t ]\d\d:\d\d:\d\d|(?<!\w)\d\d:\d\d:\d\d[.,]\d{3}|(?<!\w)(?:error|err|warn|fatal|"
        r"debug|info)(?:\]|:\s)|"
        r"(?<!\w)(?:error|fault|status|exit|return|result|fehler|erreur|errore?|erro|fout|błąd|エラー|"
        r"错误)[- ]?(?:code|number|id|nr\.?|no\.?|コード|代码)?[: #]{0,2}[a-z]{0,4}-?\d{2,}|"
        r"(?<!\w)(?:[a-z]{1,6}[-_]?\d{2,6}|0x[0-9a-f]{4,}|http[ /]?[45]\d\d|[45]\d\d (?:error|internal|bad|not|"
        r"forbidden))(?!\w)|"
        r"[\"“„«‘'「『][^\"”“»’'」』\n]{8,}[\"”“»’'」』]|"
        r"(?<!\w)(?:logs?|log ?files?|logfiles?|stack ?trace|traces?|dump|har(?: file)?|pcap|attach\w*|"
        r"screen ?shots?|screen ?recording|photos?|videos?|see (?:file|picture|image)|"
        r"protokoll\w*|anhang|angehängt|beigefügt|anbei|bildschirmfoto|foto|"
        r"journ(?:al|aux)|pièce jointe|ci-joint\w*|capture d'écran|adjunt\w+|captura\w*|registro\w*|anexo\w*|"
        r"em anexo|"
        r"allegat\w+|schermata|bijlage|bijgevoegd|schermafbeelding|załącz\w+|zrzut)(?!\w)|ログ|添付|スクリーンショット|画面|日志|附件|截图"
    ),
    Kind.IMPACT: (
        r"(?<!\w)(?:impact\w*|affect\w*|(?:all|every|each|many|several|some|most|no|other|\d+|one|two|three|few|"
        r"hundreds of|dozens of|whole|entire|our|single|the) "
        r"(?:users?|customers?|people|guests?|colleagues?|employees?|staff|agents?|sites?|offices?|branches|"
        r"stores?|shops?|hotels?|teams?|department|company|"
        r"bookings?|orders?|reservations?|devices?|terminals?|tenants?|clients?|rooms?|front desk|reception|"
        r"restaurant)|block(?:s|ed|ing|er)\b|production|business|outage|down|urgent\w*|deadline|revenue|losing|lose|"
        r"(?:can ?not|can't|cannot|unable to|no longer|nobody can|no one can) (?:work|log|sell|book|check|pay|"
        r"print|access|use|send|receive|take|open|continue|process)\w*|workaround|severity|"
        r"everybody|everyone|nobody|no one|only me|only one|"
        r"auswirkung\w*|betroffen\w*|betrifft|alle|mehrere|niemand|ganze\w*|nutzer\w*|kunden|gäste|mitarbeiter\w*|"
        r"kollegen|produktiv\w*|stillstand|ausfall|dringend|blockier\w*|"
        r"affecte\w*|concern\w*|touch\w*|tous|toutes|plusieurs|utilisateur\w*|clients|personne|bloqu\w*|urgent\w*|"
        r"afecta\w*|impacto|todos|todas|varios|usuarios|clientes|nadie|bloquead\w*|urgente\w*|huéspedes|"
        r"afeta\w*|usuários|vários|ninguém|hóspedes|colpit\w+|tutti|utenti|clienti|nessuno|bloccat\w+|"
        r"getroffen|iedereen|alle|gebruikers|klanten|niemand|geblokkeerd|"
        r"dotyczy|wszyscy|użytkownic\w*|klienci|nikt|zablokowan\w*)(?!\w)|"
        r"影響|全員|ユーザー|お客様|業務|誰も|影响|所有|用户|客户|无法工作|全部"
    ),
    Kind.PLACE: (
        r"(?<!\w)(?:v(?:ersion)?\.? ?\d+(?:\.\d+)*|\d+\.\d+(?:\.\d+)*(?:-?[a-z]+\d*)?|release|build \d+|"
        r"windows(?: \d+)?|win ?1[01]|mac ?os\w*|os x|linux|ubuntu|debian|centos|red ?hat|"
        r"android|ios|ipad\w*|iphone|chrome|chromium|firefox|safari|edge|opera|internet explorer|outlook|office|"
        r"java|python|node|docker|kubernetes|k8s|oracle|postgres\w*|mysql|"
        r"sql server|staging|prod(?:uction)?|test system|sandbox|environment|browser|operating system|os|server|"
        r"host(?:name)?|tenant|instance|region|serial(?: number)?|model|firmware|"
        r"laptop|printer|router|switch|terminal|tablet|phone|app|driver|client|"
        r"umgebung|betriebssystem|gerät|drucker|seriennummer|environnement|navigateur|système|appareil|imprimante|"
        r"numéro de série|"
        r"entorno|navegador|dispositivo|impresora|número de serie|ambiente|sistema|impressora|stampante|omgeving|"
        r"apparaat|wersja|środowisk\w+|przeglądark\w+|urządzeni\w+)(?!\w)|"
        r"バージョン|環境|ブラウザ|端末|機種|版本|环境|浏览器|设备|型号"
    ),
}
_FINDERS = {kind: re.compile(signs, re.MULTILINE) for kind, signs in _SIGNS.items()}
_LONGEST = 20_000
"""Characters read of each text."""


def told(texts: Iterable[str]) -> frozenset[Kind]:
    """The kinds of evidence these texts hold together."""
    found: set[Kind] = set()
    for text in texts:
        folded = fold(text[:_LONGEST])
        for kind, finder in _FINDERS.items():
            if kind not in found and finder.search(folded):
                found.add(kind)
        if len(found) == len(_FINDERS):
            break
    return frozenset(found)
