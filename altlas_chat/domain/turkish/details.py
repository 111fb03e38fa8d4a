"""Details: what is special about one refusal, and what is wrong at one place of an input."""

DETAILS = {
    # the form of an input
    "This is needed": "Bu alan zorunludur",
    "There is no such property": "Böyle bir alan yok",
    "Keys should be texts": "Anahtarlar metin olmalıdır",
    "Input should be a JSON object": "Değer bir JSON nesnesi olmalıdır",
    "Input should be a list": "Değer bir liste olmalıdır",
    "Input should be a text": "Değer bir metin olmalıdır",
    "Input should be Unicode; it has half of a pair": (
        "Değer geçerli Unicode olmalıdır; yarım kalmış bir vekil çift içeriyor"
    ),
    "The text should have at least {min_length} characters": (
        "Metin en az {min_length} karakter olmalıdır"
    ),
    "The text should have at most {max_length} characters": (
        "Metin en fazla {max_length} karakter olmalıdır"
    ),
    "The text should match the pattern {pattern}": "Metin şu desene uymalıdır: {pattern}",
    "There should be at least {min_length} items, not {actual_length}": (
        "En az {min_length} öğe olmalıdır; {actual_length} öğe var"
    ),
    "There should be at most {max_length} items": "En fazla {max_length} öğe olmalıdır",
    "Input should be true or false": "Değer true veya false olmalıdır",
    "Input should be a whole number": "Değer bir tam sayı olmalıdır",
    "The number is too large": "Sayı çok büyük",
    "Input should be a number": "Değer bir sayı olmalıdır",
    "Input should be a number that has an end": "Değer sonlu bir sayı olmalıdır",
    "Input should be more than {gt}": "Değer şundan büyük olmalıdır: {gt}",
    "Input should be at least {ge}": "Değer en az {ge} olmalıdır",
    "Input should be less than {lt}": "Değer şundan küçük olmalıdır: {lt}",
    "Input should be at most {le}": "Değer en fazla {le} olmalıdır",
    "Input should be one of {expected}": "Değer şunlardan biri olmalıdır: {expected}",
    "Input has not the form that the contract asks for": "Değer, sözleşmenin istediği biçimde değil",
    "NUL characters can't be stored; remove them": "NUL karakterleri saklanamaz; kaldırın",
    "null is no value here; leave it out": "Burada null kullanılamaz; alanı göndermeyin",
    "there is nothing to change": "değiştirilecek bir şey yok",
    "{count} things are wrong here": "burada {count} hata var",
    "The input has errors, listed in `errors`.": "Girdide hatalar var; `errors` içinde listelendi.",
    "The parameters have errors, listed in `errors`.": (
        "Parametrelerde hatalar var; `errors` içinde listelendi."
    ),
    "The path parameter {parameter} is not an id.": "{parameter} yol parametresi bir kimlik değil.",
    "not an id": "kimlik değil",
    "given twice": "iki kez verilmiş",
    "there is no such parameter": "böyle bir parametre yok",
    "before, after and around exclude each other": (
        "before, after ve around birlikte kullanılamaz"
    ),
    "write a moment with its time zone, such as 2026-11-24T05:00:00Z": (
        "zamanı saat dilimiyle yazın; örneğin 2026-11-24T05:00:00Z"
    ),
    "The text is not JSON: see line {line}, column {column}.": (
        "Metin JSON değil: {line}. satır, {column}. sütuna bakın."
    ),
    # requests
    "The body is {type}, not JSON.": "İstek gövdesi JSON değil; türü {type}.",
    "A request body may have {limit} bytes.": "İstek gövdesi en fazla {limit} bayt olabilir.",
    "The body did not come whole, or is not as declared.": (
        "İstek gövdesi eksik geldi veya bildirildiği gibi değil."
    ),
    "The request is not UTF-8.": "İstek UTF-8 kodlamasında değil.",
    "This is no request of HTTP that the server understands.": (
        "Bu, sunucunun anladığı bir HTTP isteği değil."
    ),
    "{what} is planned.": "{what} henüz sunulmuyor.",
    "{what} needs {permission}.": "{what} için {permission} izni gerekir.",
    "The database does not answer.": "Veritabanı yanıt vermiyor.",
    "The server is about to stop.": "Sunucu kapanmak üzere.",
    # who calls
    "this is no e-mail address": "bu bir e-posta adresi değil",
    "use letters, digits, dots, dashes and underscores": (
        "harf, rakam, nokta, tire ve alt çizgi kullanın"
    ),
    "give exactly one of login, username and email": (
        "login, username ve email alanlarından yalnızca birini gönderin"
    ),
    "Registration is closed; ask an administrator for an account.": (
        "Kayıt kapalı; hesap için bir yöneticiye başvurun."
    ),
    "Too many failed logins.": "Çok fazla başarısız oturum açma denemesi yapıldı.",
    "The present password is another.": "Mevcut parola yanlış.",
    "The refresh token has expired; log in again.": (
        "Yenileme belirtecinin süresi dolmuş; yeniden oturum açın."
    ),
    "A refresh token is no access token.": "Yenileme belirteci, erişim belirteci yerine geçmez.",
    "Tokens of ALT_LAS are not accepted here.": "Burada ALT_LAS belirteçleri kabul edilmiyor.",
    "This id belongs to an account that is not ALT_LAS's.": (
        "Bu kimlik ALT_LAS'a ait olmayan bir hesabın."
    ),
    "This account logs in at ALT_LAS.": "Bu hesapla ALT_LAS üzerinden oturum açılır.",
    "The role of this account comes from ALT_LAS.": "Bu hesabın rolü ALT_LAS tarafından belirlenir.",
    "The last administrator stays one.": "Son yönetici, yönetici olarak kalmalıdır.",
    "you may not do that yourself": "bunu kendiniz yapamazsınız",
    "No user name could be found for this person.": "Bu kişi için kullanıcı adı bulunamadı.",
    "The account that the token names is gone.": "Belirtecin gösterdiği hesap artık yok.",
    "A person may have {limit} streams and waits open at once.": (
        "Bir kişinin aynı anda en fazla {limit} açık akışı ve beklemesi olabilir."
    ),
    "This answer is to be had as text/event-stream.": "Bu yanıt text/event-stream olarak alınabilir.",
    "A socket that was opened by an API key lives as long as the key.": (
        "API anahtarıyla açılan bir soket, anahtarın süresi kadar yaşar."
    ),
    "The token belongs to another session.": "Belirteç başka bir oturuma ait.",
    "The API key has expired.": "API anahtarının süresi dolmuş.",
    "The API key was revoked.": "API anahtarı iptal edilmiş.",
    "There is no such API key.": "Böyle bir API anahtarı yok.",
    "A key may do no more than its owner.": "Bir anahtar, sahibinden fazlasını yapamaz.",
    "An API key can't make API keys; its owner logs in for that.": "Bir API anahtarı API anahtarı"
    " oluşturamaz; bunun için sahibi oturum açar.",
    "A person may have {limit} API keys.": "Bir kişinin en fazla {limit} API anahtarı olabilir.",
    "The key would have expired already.": "Anahtarın süresi şimdiden dolmuş olurdu.",
    "Nobody can block himself.": "Kimse kendini engelleyemez.",
    # people and groups
    "no such person": "böyle bir kişi yok",
    "there is no word to look for": "aranacak bir sözcük yok",
    "the beginning of a word needs {count} letters": "sözcük başlangıcı en az {count} harf olmalıdır",
    "Not everybody who is named exists.": "Adı geçenlerden bazıları bulunamadı.",
    "This person can't be added by you.": "Bu kişiyi siz ekleyemezsiniz.",
    "A direct conversation is with somebody else.": "Birebir sohbet başka bir kişiyle yapılır.",
    "There are {count} of {limit}.": "{limit} bağlantıdan {count} tanesi açık.",
    "At most {limit} tasks that you made can be open.": (
        "Oluşturduğunuz görevlerden en fazla {limit} tanesi açık olabilir."
    ),
    "A group may have {limit} members.": "Bir grupta en fazla {limit} üye olabilir.",
    "Only a group's owner and administrators may change it.": (
        "Grubu yalnızca sahibi ve yöneticileri değiştirebilir."
    ),
    "Only a group's owner and administrators may invite.": (
        "Gruba yalnızca sahibi ve yöneticileri üye ekleyebilir."
    ),
    "Only a group's owner and administrators may remove a member.": (
        "Bir üyeyi yalnızca grubun sahibi ve yöneticileri çıkarabilir."
    ),
    "Only a group's owner and administrators may change its permissions.": (
        "Grubun izinlerini yalnızca sahibi ve yöneticileri değiştirebilir."
    ),
    "Only its owner can delete a group.": "Grubu yalnızca sahibi silebilir.",
    "An owner can be removed by an owner only.": "Bir grup sahibini yalnızca bir grup sahibi çıkarabilir.",
    "Only its owner can give roles in a group.": "Grupta rolleri yalnızca grup sahibi verebilir.",
    # messages
    "The message has no text.": "Mesajın metni yok.",
    "The text has {count} characters; {limit} are allowed.": (
        "Metin {count} karakter; en fazla {limit} karaktere izin veriliyor."
    ),
    "A forwarded message brings its own content.": "İletilen mesaj kendi içeriğiyle gelir.",
    "A message of kind {kind} needs its content.": "{kind} türündeki bir mesajın content alanı gerekir.",
    "This is more than emoji.": "Bunda emojiden başka şeyler var.",
    "A message of kind {kind} has no content.": "{kind} türündeki bir mesajın content alanı olmaz.",
    "Only members can be mentioned.": "Yalnızca üyelerden bahsedilebilir.",
    "is not a member of the conversation": "sohbetin üyesi değil",
    "Only its author can edit a message.": "Bir mesajı yalnızca yazarı düzenleyebilir.",
    "Only its author or an administrator can delete it for everyone.": (
        "Mesajı herkes için yalnızca yazarı veya bir yönetici silebilir."
    ),
    "The message that this replies to is in another conversation.": (
        "Yanıtlanan mesaj başka bir sohbette."
    ),
    "The message is in another conversation.": "Mesaj başka bir sohbette.",
    "There is nothing left to forward.": "İletilecek bir şey kalmamış.",
    "the conversation's stream does not reach this seq": "sohbetin akışı bu seq değerine ulaşmıyor",
    "This is not one emoji.": "Bu tek bir emoji değil.",
    "one too many": "bir tane fazla",
    "Nobody wrote this message; nothing can be hung on it.": (
        "Bu mesajı kimse yazmadı; üzerine bir şey eklenemez."
    ),
    "The message has {count} different emoji already.": "Mesajda zaten {count} farklı emoji var.",
    "A conversation has at most {limit} pinned messages.": (
        "Bir sohbette en fazla {limit} sabitlenmiş mesaj olabilir."
    ),
    "Only administrators can pin in this group.": "Bu grupta yalnızca yöneticiler mesaj sabitleyebilir.",
    # files
    "A file comes in a form, as multipart/form-data.": "Dosya, multipart/form-data biçiminde bir formla gönderilir.",
    "No preview could be made of this image; it can't be an avatar.": "Bu görselin önizlemesi oluşturulamadı; profil görseli olamaz.",
    "An avatar is an image: PNG, JPEG, GIF or WebP.": "Profil görseli PNG, JPEG, GIF veya WebP olmalıdır.",
    "At most {limit} bytes are taken.": "En fazla {limit} bayt kabul edilir.",
    "A file is named twice": "Bir dosya iki kez verilmiş",
    "A message of kind {kind} needs a file.": "{kind} türündeki bir mesaj için dosya gerekir.",
    "A message of kind {kind} carries no files.": "{kind} türündeki bir mesaj dosya taşımaz.",
    "is no file of yours": "size ait bir dosya değil",
    "is not what a message of kind {kind} carries": "{kind} türündeki bir mesajın taşıdığı türden değil",
    "These files can't be sent.": "Bu dosyalar gönderilemez.",
    "Only its owner can delete a file.": "Bir dosyayı yalnızca sahibi silebilir.",
    "Programs are not taken.": "Program dosyaları kabul edilmez.",
    "The file can't be kept at the moment.": "Dosya şu anda saklanamıyor.",
    "Your files have {used} of {limit} bytes; this one does not fit.": (
        "Dosyalarınız {limit} baytın {used} baytını kullanıyor; bu dosya sığmıyor."
    ),
    "The file is being sent at this moment.": "Dosya tam şu anda gönderiliyor.",
    "The file can't be read at the moment.": "Dosya şu anda okunamıyor.",
    "The file has {size} bytes.": "Dosya {size} bayt.",
    "The file is empty.": "Dosya boş.",
    "The form has one field, `file`.": "Formda yalnızca `file` alanı bulunur.",
    "The image has {count} pixels; {limit} are allowed.": "Görsel {count} piksel; en fazla {limit} piksele izin veriliyor.",
    # messages for later
    "This moment has passed.": "Bu zaman geçmiş.",
    "You can watch at most {limit} people.": "En fazla {limit} kişiyi izleyebilirsiniz.",
    "A message can be kept for at most {days} days.": "Bir mesaj en fazla {days} gün bekletilebilir.",
    "At most {limit} messages can wait to be sent.": "Gönderilmek üzere en fazla {limit} mesaj bekleyebilir.",
    "The message was sent meanwhile.": "Mesaj bu arada gönderilmiş.",
    "The message could not be sent, and waits no more.": (
        "Mesaj gönderilemedi ve artık beklemiyor."
    ),
    # tasks
    "Only who made it or leads the group can delete a task.": (
        "Bir görevi yalnızca oluşturan kişi veya grubu yönetenler silebilir."
    ),
    "There is no such person to do the task.": "Görevi yapacak böyle bir kişi yok.",
    # sockets
    "A frame may have {limit} bytes.": "Bir çerçeve en fazla {limit} bayt olabilir.",
    "Here WebSockets are opened: ask for an upgrade to websocket, version 13.": (
        "Burada WebSocket açılır: websocket 13 sürümüne yükseltme isteyin."
    ),
    "The auth frame has no token.": "auth çerçevesinde belirteç yok.",
    "There is no {name}.": "{name} diye bir komut yok.",
    "a frame has event, data and id only": "bir çerçevede yalnızca event, data ve id bulunur",
    "a frame is a JSON object": "bir çerçeve bir JSON nesnesidir",
    "a frame names its event": "bir çerçeve event alanını belirtmelidir",
    "a ping says nothing": "ping veri taşımaz",
    "an id is a whole number or at most 64 characters": "id bir tam sayı veya en fazla 64 karakterdir",
    "{name} came before auth.": "{name}, auth çerçevesinden önce geldi.",
    # tasks, API keys, administration
    "name each scope once": "her yetkiyi bir kez yazın",
}
