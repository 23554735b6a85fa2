"""Steps to reproduce outside of headings: numbered actions, "to reproduce", "when I click … and save …"."""

import re
from collections.abc import Iterator

from supportctl.evidence.reading.cues import cue, is_ignorance
from supportctl.evidence.reading.shapes import Element, Passage
from supportctl.evidence.reading.thread import Line, Part, Sentence
from supportctl.text.fold import fold

ACTIONS = (
    r"click(?:s|ed|ing)?(?: on)?|double-?click\w*|right-?click\w*|press(?:es|ed|ing)?|tap(?:s|ped|ping)?|"
    r"open(?:s|ed|ing)?|select(?:s|ed|ing)?|choose|chose|choosing|enter(?:s|ed|ing)?|type[sd]?|typing|"
    r"log(?:s|ged|ging)? ?(?:in|on|out|off)(?:to)?|sign(?:s|ed|ing)? (?:in|out)|go(?:es|ing)? (?:to|into|back)|went to|"
    r"navigat\w+|scroll\w*|drag\w*|upload\w*|download\w*|import(?:s|ed|ing)?|export(?:s|ed|ing)?|sav(?:e|es|ed|ing)|"
    r"creat(?:e|es|ed|ing)|add(?:s|ed|ing)?|remov(?:e|es|ed|ing)|delet(?:e|es|ed|ing)|edit(?:s|ed|ing)?|"
    r"chang(?:e|es|ed|ing)|set|fill(?:s|ed|ing)? (?:in|out)|submit\w*|send(?:s|ing)?|sent|search\w*|filter\w*|"
    r"print(?:s|ed|ing)?|scan(?:s|ned|ning)?|swip\w+|insert\w*|connect(?:s|ed|ing)?|start(?:s|ed|ing)?|launch\w*|"
    r"run(?:s|ning)?|ran|call(?:s|ed|ing)?|post(?:s|ed|ing)?|configur\w+|enabl\w+|disabl\w+|switch(?:es|ed|ing)? (?:to|"
    r"on|off)|book(?:s|ed|ing)?|pay(?:s|ing)?|paid|check(?:s|ed|ing)? (?:in|out)|attach(?:es|ed|ing)?|copy|"
    r"copied|paste\w*|"
    r"klick\w*|anklick\w*|doppelklick\w*|drück\w*|tipp\w*|öffn\w*|auswähl\w*|wähl\w*|ausgewählt|gewählt|"
    r"eingeb\w*|geben|"
    r"gebe|eingegeben|anmeld\w*|melde\w*|abmeld\w*|angemeldet|aufruf\w*|rufe\w*|aufgerufen|navigier\w*|hochlad\w*|"
    r"hochgeladen|lade\w*|herunterlad\w*|importier\w*|exportier\w*|speicher\w*|gespeichert|anleg\w*|anlegen|angelegt|"
    r"erstell\w*|hinzufüg\w*|füge\w*|lösch\w*|gelöscht|änder\w*|geändert|bearbeit\w*|absend\w*|send\w*|gesendet|"
    r"abschick\w*|"
    r"such\w*|filter\w*|druck\w*|gedruckt|scann\w*|gescannt|verbind\w*|start\w*|gestartet|gehe\w*|wechsel\w*|"
    r"buch\w*|gebucht|"
    r"bezahl\w*|stell\w* um|eintrag\w*|trage\w*|setze\w*|"
    r"cliqu\w+|clic|double-cliqu\w+|appu\w+|ouvr\w+|sélectionn\w+|chois\w+|saisi\w*|entr(?:e|er|ez|ons|ant|é)|"
    r"tap(?:e|er|ez|"
    r"ant|é)|connect\w+|déconnect\w+|all(?:er|ez|ons)|accéd\w+|naviguer|télécharg\w+|télévers\w+|import\w+|export\w+|"
    r"enregistr\w+|sauvegard\w+|cré(?:er|ez|ons|ant|é)|ajout\w+|supprim\w+|modifi\w+|envoy\w+|valid\w+|"
    r"cherch\w+|filtr\w+|"
    r"imprim\w+|scann\w+|lanc\w+|démarr\w+|réserv(?:er|ez|é)|pay(?:er|ez|é)|"
    r"clic|haz|hacer clic|hago clic|hacemos clic|pulsa\w*|pulso|presion\w+|abr(?:o|e|ir|imos|a|iendo|í)|"
    r"seleccion\w+|elij\w+|"
    r"elegi\w+|introduc\w+|introduzco|escrib\w+|inici(?:o|ar|amos|a) sesión|accede\w*|accedo|vo?y a|ir a|ve a|"
    r"naveg\w+|sub(?:o|"
    r"ir|imos|e)|descarg\w+|import\w+|export\w+|guard\w+|cre(?:o|ar|amos|a)|añad\w+|elimin\w+|borr\w+|cambi\w+|edit\w+|"
    r"envi\w+|envío|busc\w+|filtr\w+|imprim\w+|escane\w+|conect\w+|arranc\w+|reserv(?:o|ar|amos)|pag(?:o|ar|amos)|"
    r"clic(?:o|ar|amos|que|ando)|carreg(?:o|ar|amos|ando)|pression\w+|abr(?:ir|imos|indo|a)|selecion\w+|"
    r"escolh\w+|insir\w+|"
    r"inser\w+|digit\w+|inici(?:o|ar) sessão|entr(?:o|ar|amos)|faço login|fazer login|aced\w+|acess\w+|vou a|ir para|"
    r"envi(?:o|ar|amos)|descarreg\w+|baix\w+|grav(?:o|ar|amos)|salv(?:o|ar|amos)|cri(?:o|ar|amos)|adicion\w+|apag\w+|"
    r"elimin\w+|alter\w+|edit\w+|pesquis\w+|procur\w+|filtr\w+|imprim\w+|digitaliz\w+|"
    r"clicc\w+|prem(?:o|ere|i)|apr(?:o|ire|i)|selezion\w+|inserisc\w+|acced\w+|salv\w+|invi\w+|klik\w*|druk\w*|"
    r"selecteer\w*|"
    r"kies|voer\w*|log in|inloggen|ga naar|opslaan|kliknij\w*|klikam|otwórz|otwieram|wybierz|wybieram|wpisz|"
    r"zaloguj\w*|zapisz"
)
_ACTION = cue(
    ACTIONS,
    r"クリック|押(?:す|し|下)|タップ|開(?:く|き|い)|選択|選(?:ぶ|び|ん)|入力|ログイン|ログアウト|サインイン|"
    r"移動|アップロード|ダウンロード|"
    r"保存|登録|作成|追加|削除|変更|編集|送信|検索|印刷|スキャン|接続|起動|実行|設定|予約を|点击|打开|选择|输入|"
    r"登录|保存|提交|上传|下载|"
    r"删除|创建|搜索|打印",
)
_TRIGGER = cue(
    r"when(?:ever)?|as soon as|once|after|while|if|every time|each time|on (?:clicking|opening|saving|submitting)|by|"
    r"wenn|sobald|nachdem|beim|nach dem|jedes ?mal|immer wenn|durch|"
    r"quand|lorsqu\w*|dès qu\w*|après|en|à chaque fois|si|"
    r"cuando|al|después de|cada vez que|tras|si|en cuanto|"
    r"quando|ao|depois de|sempre que|após|assim que|se|"
    r"dopo|se|ogni volta|wanneer|als|nadat|zodra|kiedy|gdy|po|jeśli",
    r"すると|したら|した(?:とき|時|際|後)|する(?:とき|時|際|と)|しようと|(?:押|開|選)(?:す|く|ぶ)と|(?:押し|"
    r"開い|選ん)(?:たら|た時|たとき)|"
    r"(?:的)?时(?:候)?|之后|后|如果|一旦",
)
_FIRST_PERSON = cue(
    r"(?:i|we|they|he|she|users?|the (?:user|customer|guest|receptionist)|customer|our \w+|ich|wir|man|je|j'|"
    r"nous|on|yo|"
    r"nosotros|eu|nós|io|noi|ik|wij)"
)
_STRONG = cue(
    r"(?:to|can be|easily|always) (?:reproduce|reproduced|repro|replicate|recreate)(?: (?:it|this|by|with|"
    r"as follows))?|"
    r"reproduced? by|steps?:|(?:here|these|following) (?:is|are)? ?(?:the |my )?steps|the following steps|"
    r"(?:lässt|lasst) sich (?:so |wie folgt |durch |immer )?(?:reproduzieren|nachstellen)|zum (?:reproduzieren|"
    r"nachstellen)|"
    r"reproduzierbar (?:durch|mit|über|indem)|"
    r"pour reproduire|reproductible en|para reproducir\w*|se reproduce (?:al|cuando|con|así)|"
    r"para reproduzir|reproduz-se|reproduzível|per riprodurre|om te reproduceren|aby odtworzyć",
    r"再現(?:するには|手順は)|(?:以下|次)の(?:手順|操作)|(?:按|如下)步骤|重现方法",
)
_NOT_THESE = cue(
    r"(?:can ?not|can't|could not|couldn't|unable to|not able to|not|don't know how to|do not know how to|"
    r"cannot reliably|"
    r"no (?:clear |reliable |known )?(?:way|steps?) to) (?:reliably |always |yet )?(?:be )?(?:reproduce|"
    r"replicate|recreate|"
    r"repro)\w*|not reproducible|nicht (?:immer |zuverlässig |gezielt )?(?:reproduzier|nachstell)\w*|"
    r"(?:kann|können|konnte) .{0,40}nicht (?:reproduzieren|nachstellen|nachvollziehen)|nicht nachvollziehbar|"
    r"(?:ne|n') ?\w+ (?:pas|jamais) (?:à )?(?:le |la |l')?reproduire|pas reproductible|impossible (?:de|"
    r"à) (?:le |la |l')?"
    r"reproduire|no (?:\w+ )?(?:puedo|podemos|consigo|conseguimos|logro|sé cómo) (?:lo )?reproducir\w*|"
    r"no es reproducible|"
    r"não (?:consigo|conseguimos|sei como) reproduzi\w*|não é reproduzível|"
    r"(?:no|without|keine|ohne|sans|sin|sem) (?:clear |exact |genauen? )?(?:steps|schritte|étapes|pasos|passos)",
    r"再現(?:でき|し)(?:ません|ない|ず)|再現(?:手順|方法)は?(?:不明|わかり|分かり|ありません)|无法(?:重现|复现)|"
    r"不能(?:重现|复现)",
)
_PATH = re.compile(r"\w[^\n>→»]{1,40}\s?(?:>|→|»|->|=>|➜|＞)\s?\w[^\n>→»]{1,40}")
_TRIED = cue(
    r"tried|already|restart\w*|reboot\w*|reinstall\w*|clear(?:ed|ing)? (?:the )?(?:cache|cookies)|versucht|"
    r"bereits|schon|"
    r"neu ?start\w*|neu ?gestartet|neu installiert|cache (?:geleert|gelöscht)|essayé|déjà|redémarr\w*|"
    r"réinstall\w*|vidé|"
    r"intentado|probado|ya he|reinici\w*|reinstal\w*|tentei|já|reinici\w*",
    r"再起動|試し|再インストール|重启|重新安装",
)
_FEWEST = 2


def find(part: Part) -> Iterator[Passage]:
    """Advice of support to the customer ("please click …") is no way to reproduce a fault."""
    if part.answer or part.place == "title":
        return
    yield from _lists(part)
    several: list[Passage] = []
    for sentence in part.sentences():
        if sentence.section not in (None, Element.STEPS, Element.ACTUAL) or not sentence.plain:
            continue
        if _NOT_THESE.search(sentence.folded) or is_ignorance(sentence.folded):
            continue
        confidence = _told(sentence)
        if confidence:
            several.append(Passage(text=sentence.text, source=sentence.source, how="words", confidence=confidence))
    yield from several


def denies(sentence: Sentence) -> bool:
    """Whether it says that nobody knows how to make it happen."""
    return _NOT_THESE.search(sentence.folded) is not None


def _told(sentence: Sentence) -> float:
    """How sure a sentence tells steps; 0: not at all."""
    folded = sentence.folded
    actions = len(_ACTION.findall(folded[:2000]))
    path = _PATH.search(sentence.text) is not None
    if _STRONG.search(folded) and (actions or path):
        return 0.75
    if not actions and not path:
        return 0.0
    if _TRIED.search(folded):
        return 0.0
    trigger = _TRIGGER.search(folded) is not None
    if trigger and (actions >= _FEWEST or path):
        return 0.65
    if path and actions:
        return 0.62
    person = _FIRST_PERSON.search(folded) is not None
    if person and actions >= _FEWEST + 1:
        return 0.62
    return 0.4 if trigger and (person or actions) else 0.0


def _lists(part: Part) -> Iterator[Passage]:
    """Items one below the other of which most name an action."""
    run: list[Line] = []
    for line in [*part.lines, Line("", 0, False)]:
        if line.item and not line.fenced and line.number not in part.sections and line.number not in part.heads:
            run.append(line)
        elif line.text.strip() or line.number == 0:
            if len(run) >= _FEWEST:
                yield from _steps(part, run)
            run = []


def _steps(part: Part, run: list[Line]) -> Iterator[Passage]:
    acting = sum(_begins_with_action(line.bare) for line in run)
    asking = sum(line.bare.rstrip().endswith(("?", "？")) for line in run)
    if acting * 2 < len(run) or acting < _FEWEST or asking * 3 > len(run):
        return
    text = "\n".join(line.text.strip() for line in run)
    yield Passage(text=text, source=part.source(run[0].number), how="shape", confidence=0.8)


def _begins_with_action(text: str) -> bool:
    """Within the first words; Japanese has the verb at the end."""
    folded = fold(text)
    if _TRIED.search(folded):
        return False
    head = folded if not folded[:4].isascii() and re.search("[\u3040-\u9fff]", folded) else " ".join(folded.split()[:6])
    return _ACTION.search(head) is not None
